import { generateKeyPairSync } from 'node:crypto';
import {
  ACCESS_TOKEN_ALGORITHM,
  ACCESS_TOKEN_AUDIENCE,
  ACCESS_TOKEN_TYPE,
  DEFAULT_JWT_ISSUER,
  newId,
  Unavailable,
} from '@parley/contracts';
import type { RpcClient } from '@parley/messaging';
import { exportJWK, SignJWT } from 'jose';
import type { GatewayConfig } from '../config';
import type { Revocations } from './revocations';
import { TokenVerifier } from './token-verifier';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const KID = 'test';

const sign = (claims: Record<string, unknown>): Promise<string> =>
  new SignJWT({ sid: newId(), tid: newId(), roles: ['owner'], locale: 'fr', ...claims })
    .setProtectedHeader({ alg: ACCESS_TOKEN_ALGORITHM, kid: KID, typ: ACCESS_TOKEN_TYPE })
    .setSubject(newId())
    .setIssuer(DEFAULT_JWT_ISSUER)
    .setAudience(ACCESS_TOKEN_AUDIENCE)
    .setExpirationTime('1h')
    .sign(privateKey);

function verifierWith(revocations: Partial<Revocations>): TokenVerifier {
  const rpc = {
    call: async () => ({
      keys: [{ ...(await exportJWK(publicKey)), kid: KID, alg: ACCESS_TOKEN_ALGORITHM }],
    }),
  } as unknown as RpcClient;
  return new TokenVerifier(
    rpc,
    revocations as Revocations,
    { JWT_ISSUER: DEFAULT_JWT_ISSUER } as GatewayConfig,
  );
}

describe('the token of an impersonation', () => {
  const verifier = verifierWith({ isCurrent: true, isRevoked: () => false });
  const whole = { imp: newId(), iid: newId(), imode: 'read' };

  it('speaks for both', async () => {
    await expect(verifier.verify(await sign(whole))).resolves.toMatchObject({
      impersonatorId: whole.imp,
      impersonationId: whole.iid,
      impersonationMode: 'read',
    });
    expect(await verifier.verify(await sign({}))).not.toHaveProperty('impersonatorId');
  });

  it.each([
    ['without a grant', { iid: undefined }],
    ['without a super admin', { imp: undefined }],
    ['without a mode', { imode: undefined }],
    ['in a mode that is none', { imode: 'god' }],
  ])('is not valid %s', async (_what, change) => {
    await expect(verifier.verify(await sign({ ...whole, ...change }))).rejects.toMatchObject({
      status: 401,
      code: 'INVALID_TOKEN',
    });
  });
});

describe('any token', () => {
  it('is not accepted before it is known which sessions ended', async () => {
    const untilCurrent = () => Promise.reject(new Unavailable('not known yet'));
    const verifier = verifierWith({ isCurrent: false, untilCurrent, isRevoked: () => false });
    await expect(verifier.verify(await sign({}))).rejects.toMatchObject({ status: 503 });
  });
});
