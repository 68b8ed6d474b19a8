import { Body, Controller, Inject, Patch } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { MeResponse, updateMe, UpdateMeRequest } from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import { Answers, Requires } from '../edge/decorators';

@Controller('v1/users')
@ApiTags('users')
export class ProfileController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Patch('me')
  @Requires('profile:write')
  @Answers('Change the own name or language; fields left out stay as they are', MeResponse)
  update(@Body() body: UpdateMeRequest): Promise<string> {
    return this.rpc.forward(updateMe, body);
  }
}
