import { Body, Controller, Inject, Patch } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { MeResponse, providerKeySeal, updateMe, UpdateMeBody } from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import { SecretExchange } from '@parley/platform';
import { Audited } from '../audit/audited';
import { Answers, Requires } from '../edge/decorators';

@Controller('v1/users')
@ApiTags('users')
export class ProfileController {
  constructor(
    @Inject(RpcClient) private readonly rpc: RpcClient,
    @Inject(SecretExchange) private readonly exchange: SecretExchange,
  ) {}

  @Patch('me')
  @Requires('profile:write')
  @Audited('provider-key.set', 'provider-key.removed')
  @Answers(
    'Change the own name, phone, language or provider keys; fields left out stay as they are',
    MeResponse,
  )
  update(@Body() { apiKeys, ...profile }: UpdateMeBody): Promise<string> {
    return this.rpc.forward(updateMe, {
      ...profile,
      ...(apiKeys ? { sealedApiKeys: this.exchange.seal(apiKeys, providerKeySeal.all) } : {}),
    });
  }
}
