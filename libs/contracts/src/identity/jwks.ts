import { ListOf, OneOf, Text } from '../fields';
import { defineOperation, Nothing } from '../rpc';

/** A public RSA key (RFC 7517). */
export class JsonWebKeyResponse {
  @OneOf(['RSA']) kty: 'RSA';
  @Text({ max: 64, example: 'key-2026-11' }) kid: string;
  @OneOf(['RS256']) alg: 'RS256';
  @OneOf(['sig']) use: 'sig';
  @Text({ max: 2048, example: 'modulus, base64url' }) n: string;
  @Text({ max: 16, example: 'AQAB' }) e: string;
}

export class JwksResponse {
  @ListOf(() => JsonWebKeyResponse) keys: JsonWebKeyResponse[];
}

/** Keys whose signatures are good: the active one and those still running out. */
export const getJwks = defineOperation({
  name: 'identity.jwks.get',
  service: 'identity',
  request: Nothing,
  response: JwksResponse,
});
