import { Inject, Injectable } from '@nestjs/common';
import {
  ACCESS_TOKEN_ALGORITHM,
  ACCESS_TOKEN_AUDIENCE,
  ACCESS_TOKEN_SECONDS,
  ACCESS_TOKEN_TYPE,
  type AccessTokenClaims,
} from '@parley/contracts';
import { CONFIG } from '@parley/platform';
import { SignJWT } from 'jose';
import type { IdentityConfig } from '../config';
import { SigningKeys } from './signing-keys.service';

@Injectable()
export class AccessTokens {
  constructor(
    @Inject(CONFIG) private readonly config: IdentityConfig,
    @Inject(SigningKeys) private readonly keys: SigningKeys,
  ) {}

  /**
   * Call outside a transaction.
   * @param expiresAt an hour from now by default
   */
  async sign(claims: AccessTokenClaims, expiresAt?: Date): Promise<string> {
    const { kid, privateKey } = await this.keys.active();
    const issuedAt = Math.floor(Date.now() / 1000);
    return new SignJWT({ ...claims })
      .setProtectedHeader({ alg: ACCESS_TOKEN_ALGORITHM, kid, typ: ACCESS_TOKEN_TYPE })
      .setIssuer(this.config.JWT_ISSUER)
      .setAudience(ACCESS_TOKEN_AUDIENCE)
      .setIssuedAt(issuedAt)
      .setExpirationTime(expiresAt ?? issuedAt + ACCESS_TOKEN_SECONDS)
      .sign(privateKey);
  }
}
