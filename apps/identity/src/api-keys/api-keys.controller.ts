import { Controller, Inject } from '@nestjs/common';
import {
  ApiKeyIdentity,
  createServiceToken,
  CreateServiceTokenRequest,
  listServiceTokens,
  Nothing,
  type Page,
  PageRequest,
  revokeServiceToken,
  rotateServiceToken,
  RotateServiceTokenRequest,
  type ServiceToken,
  ServiceTokenIdRequest,
  ServiceTokenWithSecret,
  verifyApiKey,
  VerifyApiKeyRequest,
} from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { ApiKeyVerifier } from './api-key-verifier';
import { ApiKeyService } from './api-key.service';

@Controller()
export class ApiKeysController {
  constructor(
    @Inject(ApiKeyService) private readonly keys: ApiKeyService,
    @Inject(ApiKeyVerifier) private readonly verifier: ApiKeyVerifier,
  ) {}

  @Handles(listServiceTokens)
  list(request: PageRequest): Promise<Page<ServiceToken>> {
    return this.keys.list(request);
  }

  @Handles(createServiceToken)
  create(request: CreateServiceTokenRequest): Promise<ServiceTokenWithSecret> {
    return this.keys.create(request);
  }

  @Handles(rotateServiceToken)
  rotate(request: RotateServiceTokenRequest): Promise<ServiceTokenWithSecret> {
    return this.keys.rotate(request);
  }

  @Handles(revokeServiceToken)
  async revoke({ id }: ServiceTokenIdRequest): Promise<Nothing> {
    await this.keys.revoke(id);
    return {};
  }

  @Handles(verifyApiKey)
  verify({ key }: VerifyApiKeyRequest): Promise<ApiKeyIdentity> {
    return this.verifier.verify(key);
  }
}
