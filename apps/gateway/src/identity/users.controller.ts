import { Controller, Get, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { getMe, MeResponse } from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import { Answers, Requires } from '../edge/decorators';
import { OpenWithoutMfa } from '../edge/step-up';

@Controller('v1/users')
@ApiTags('users')
export class UsersController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Get('me')
  @OpenWithoutMfa()
  @Requires('account:read')
  @Answers('The signed-in user, the active tenant and all memberships', MeResponse)
  me(): Promise<string> {
    return this.rpc.forward(getMe, {});
  }
}
