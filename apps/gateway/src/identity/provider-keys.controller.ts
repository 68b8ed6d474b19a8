import { Body, Controller, Delete, Get, Inject, Param, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  listProviderKeys,
  ProviderKeyList,
  ProviderKeyRequest,
  providerKeySeal,
  ProviderKeySummary,
  putProviderKey,
  PutProviderKeyBody,
  removeProviderKey,
} from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import { SecretExchange } from '@parley/platform';
import { Audited } from '../audit/audited';
import { Answers, AnswersNothing, Requires } from '../edge/decorators';
import { StepUp } from '../edge/step-up';

/** Keys go on to identity sealed, and never come back. */
@Controller('v1/users/me/provider-keys')
@ApiTags('users')
export class ProviderKeysController {
  constructor(
    @Inject(RpcClient) private readonly rpc: RpcClient,
    @Inject(SecretExchange) private readonly exchange: SecretExchange,
  ) {}

  @Get()
  @Requires('account:read')
  @Answers('Own keys of AI providers, by their last four characters', ProviderKeyList)
  list(): Promise<string> {
    return this.rpc.forward(listProviderKeys, {});
  }

  @Put(':provider')
  @StepUp()
  @Requires('account:write')
  @Audited('provider-key.set')
  @Answers('Set or replace the own key of a provider', ProviderKeySummary, {
    errors: { 503: 'DEPENDENCY_DOWN' },
  })
  put(@Param() { provider }: ProviderKeyRequest, @Body() { key }: PutProviderKeyBody): Promise<string> {
    const sealedKey = this.exchange.seal(key, providerKeySeal.value(provider));
    return this.rpc.forward(putProviderKey, { provider, sealedKey });
  }

  @Delete(':provider')
  @StepUp()
  @Requires('account:write')
  @Audited('provider-key.removed')
  @AnswersNothing('Remove the own key of a provider')
  async remove(@Param() path: ProviderKeyRequest): Promise<void> {
    await this.rpc.call(removeProviderKey, path);
  }
}
