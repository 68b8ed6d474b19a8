import { generateKeyPairSync } from 'node:crypto';
import {
  ACCESS_TOKEN_ALGORITHM,
  ACCESS_TOKEN_AUDIENCE,
  ACCESS_TOKEN_TYPE,
  type CallerContext,
  DEFAULT_JWT_ISSUER,
  getJwks,
  listRevokedSessions,
  newId,
} from '@parley/contracts';
import { InProcessTransport, type Receiver, RpcClient } from '@parley/messaging';
import { Health, useLogger } from '@parley/platform';
import { exportJWK, SignJWT } from 'jose';
import type { GatewayConfig } from '../../apps/gateway/src/config';
import { asCaller } from '../../apps/gateway/src/edge/authentication';
import { Revocations } from '../../apps/gateway/src/edge/revocations';
import { TokenVerifier } from '../../apps/gateway/src/edge/token-verifier';
import { serveTasks } from '../harness/worker';
import type { TokenResult, TokenTask } from './auth-task';

const KID = 'bench';
const DISTINCT = 4_000;

useLogger('error');

/** The gateway's own check, with identity's two answers given from here: nothing of it waits for a network. */
serveTasks<TokenTask, TokenResult>(async ({ seconds }) => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { n, e } = await exportJWK(publicKey);
  const answers: Record<string, object> = {
    [getJwks.name]: { keys: [{ kty: 'RSA', kid: KID, alg: ACCESS_TOKEN_ALGORITHM, use: 'sig', n, e }] },
    [listRevokedSessions.name]: { data: [], nextCursor: null },
  };
  const transport = new InProcessTransport();
  await transport.serve(answering(answers));
  const rpc = new RpcClient(transport);
  const revocations = new Revocations(transport, rpc, new Health('gateway', 'bench'));
  await revocations.onModuleInit();
  await revocations.untilCurrent();
  const config = { JWT_ISSUER: DEFAULT_JWT_ISSUER } as GatewayConfig;
  const verifier = new TokenVerifier(rpc, revocations, config);

  const sign = (): Promise<string> =>
    new SignJWT({ sid: newId(), tid: newId(), roles: ['owner'], locale: 'fr' })
      .setProtectedHeader({ alg: ACCESS_TOKEN_ALGORITHM, kid: KID, typ: ACCESS_TOKEN_TYPE })
      .setSubject(newId())
      .setIssuer(DEFAULT_JWT_ISSUER)
      .setAudience(ACCESS_TOKEN_AUDIENCE)
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(privateKey);
  const tokens: string[] = [];
  for (let made = 0; made < DISTINCT; made++) tokens.push(await sign());
  const base: CallerContext = { requestId: newId(), roles: [], locale: 'en', ip: '203.0.113.7' };
  const check = async (token: string): Promise<void> => {
    asCaller(await verifier.verify(token), base);
  };

  for (const token of tokens.slice(0, DISTINCT / 4)) await check(token);
  const fresh = tokens.slice(DISTINCT / 4);
  const firstSight = await costOf(fresh.length, async () => {
    for (const token of fresh) await check(token);
  });
  const known = fresh.slice(-100);
  let checks = 0;
  const total = await costOf(1, async () => {
    for (const until = performance.now() + seconds * 1000; performance.now() < until;) {
      for (const token of known) await check(token);
      checks += known.length;
    }
  });
  return { firstSight, remembered: total / checks };
});

async function costOf(count: number, work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}

const answering = (answers: Record<string, object>): Receiver => ({
  service: 'identity',
  subscriptions: [],
  answersRequests: true,
  handleRequest: async (operation) => ({ body: JSON.stringify(answers[operation]) }),
  handleEvent: async () => undefined,
  backoffMs: () => 0,
  bury: async () => undefined,
});
