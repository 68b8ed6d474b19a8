import { Controller, Inject } from '@nestjs/common';
import { getJwks, JwksResponse, Nothing } from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { SigningKeys } from './signing-keys.service';

@Controller()
export class JwksController {
  constructor(@Inject(SigningKeys) private readonly keys: SigningKeys) {}

  @Handles(getJwks)
  get(_request: Nothing): Promise<JwksResponse> {
    return this.keys.jwks();
  }
}
