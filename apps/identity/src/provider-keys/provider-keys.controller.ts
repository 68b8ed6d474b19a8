import { Controller, Inject } from '@nestjs/common';
import {
  listProviderKeys,
  Nothing,
  type ProviderKeyList,
  ProviderKeyRequest,
  type ProviderKeySummary,
  putProviderKey,
  PutProviderKeyRequest,
  removeProviderKey,
  resolveProviderKey,
  ResolveProviderKeyRequest,
  type SealedAnswer,
} from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { ProviderKeyService } from './provider-key.service';

@Controller()
export class ProviderKeysController {
  constructor(@Inject(ProviderKeyService) private readonly keys: ProviderKeyService) {}

  @Handles(listProviderKeys)
  list(_request: Nothing): Promise<ProviderKeyList> {
    return this.keys.list();
  }

  @Handles(putProviderKey)
  put(request: PutProviderKeyRequest): Promise<ProviderKeySummary> {
    return this.keys.put(request);
  }

  @Handles(removeProviderKey)
  async remove({ provider }: ProviderKeyRequest): Promise<Nothing> {
    await this.keys.remove(provider);
    return {};
  }

  @Handles(resolveProviderKey)
  resolve(request: ResolveProviderKeyRequest): Promise<SealedAnswer> {
    return this.keys.resolve(request);
  }
}
