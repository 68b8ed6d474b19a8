import { Body, Controller, Inject, Patch } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { currentCaller, MeResponse, providerKeySeal, updateMe, UpdateMeBody } from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import { CONFIG, SecretExchange } from '@parley/platform';
import { Audited } from '../audit/audited';
import type { GatewayConfig } from '../config';
import { Answers, Requires } from '../edge/decorators';
import { isFresh, StepUpRequired } from '../edge/step-up';

@Controller('v1/users')
@ApiTags('users')
export class ProfileController {
  constructor(
    @Inject(RpcClient) private readonly rpc: RpcClient,
    @Inject(SecretExchange) private readonly exchange: SecretExchange,
    @Inject(CONFIG) private readonly config: GatewayConfig,
  ) {}

  @Patch('me')
  @Requires('profile:write')
  @Audited('provider-key.set', 'provider-key.removed')
  @Answers(
    'Change the own name, phone, language or provider keys; fields left out stay as they are',
    MeResponse,
    { errors: { 403: 'STEP_UP_REQUIRED, for `apiKeys`: POST /v1/auth/step-up first' } },
  )
  update(@Body() { apiKeys, ...profile }: UpdateMeBody): Promise<string> {
    if (apiKeys && !isFresh(currentCaller(), this.config.STEP_UP_MINUTES)) throw new StepUpRequired();
    return this.rpc.forward(updateMe, {
      ...profile,
      ...(apiKeys ? { sealedApiKeys: this.exchange.seal(apiKeys, providerKeySeal.all) } : {}),
    });
  }
}
