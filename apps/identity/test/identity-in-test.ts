import { randomBytes } from 'node:crypto';
import {
  type CallerContext,
  type EventDefinition,
  type EventEnvelope,
  EVENTS,
  getJwks,
  newId,
  type Operation,
  register,
  type RegisterRequest,
  runAs,
  type SessionResponse,
} from '@parley/contracts';
import { InProcessTransport, RpcClient } from '@parley/messaging';
import { type RunningService, startService } from '@parley/platform';
import { eventually, freezeClock, type TestDatabase, testDatabase } from '@parley/testing';
import { createLocalJWKSet, decodeJwt, jwtVerify, type JWTPayload } from 'jose';
import { identity } from '../src';

export const PASSWORD = 'correct horse battery';

/** The identity service behind its doors, with a database of its own. */
export interface IdentityInTest {
  readonly database: TestDatabase;
  readonly service: RunningService;
  ask<Request extends object, Response extends object>(
    operation: Operation<Request, Response>,
    request: Request,
    caller?: Partial<CallerContext>,
  ): Promise<Response>;
  signUp(fields?: Partial<RegisterRequest>): Promise<SessionResponse>;
  /** Claims of a token that verifies as the gateway verifies it. */
  verify(token: string): Promise<JWTPayload>;
  /** Every event of this type so far, once all that committed are out. */
  published(type: string): Promise<EventEnvelope[]>;
  /** As another service tells it, under this id. */
  tell<Payload extends object>(
    event: EventDefinition<Payload>,
    tenantId: string,
    payload: Payload,
    id?: string,
  ): Promise<void>;
  close(): Promise<void>;
}

export const stranger = (): CallerContext => ({
  requestId: newId(),
  roles: [],
  locale: 'fr',
  ip: '203.0.113.7',
});

/** Who a session makes of its holder, as the gateway would tell the services. */
export function callerOf({ accessToken }: SessionResponse): Partial<CallerContext> {
  const { sub, sid, tid, roles } = decodeJwt<{ sid: string; tid: string; roles: CallerContext['roles'] }>(
    accessToken,
  );
  return { userId: sub ?? '', sessionId: sid, tenantId: tid, roles };
}

export const anEmail = (): string => `person-${randomBytes(4).toString('hex')}@example.com`;

export const newEncryptionKey = (): string => randomBytes(32).toString('base64');

export async function startIdentity(
  env: Record<string, string> = {},
  shared?: TestDatabase,
): Promise<IdentityInTest> {
  const database = shared ?? (await testDatabase([identity]));
  const transport = new InProcessTransport();
  const events: EventEnvelope[] = [];
  await transport.observe(
    EVENTS.map(({ type }) => type),
    (envelope) => events.push(envelope),
  );
  const service = await startService(identity, {
    env: {
      DATABASE_URL: database.urlOf('identity'),
      NODE_ENV: 'test',
      BCRYPT_COST: '4',
      ENCRYPTION_KEY: newEncryptionKey(),
      // Cases that are about it say so; others sign in right away.
      REQUIRE_VERIFIED_EMAIL: 'false',
      ...env,
    },
    transport,
    quiet: true,
  });
  const rpc = new RpcClient(transport);
  const ask: IdentityInTest['ask'] = (operation, request, caller = {}) =>
    runAs({ ...stranger(), ...caller }, () => rpc.call(operation, request));
  return {
    database,
    service,
    ask,
    signUp: async (fields = {}) => {
      const request = { email: anEmail(), password: PASSWORD, name: 'Élise Tremblay', ...fields };
      const { status: _status, ...session } = await ask(register, request);
      const { accessToken, refreshToken, expiresIn, tokenType } = session;
      if (!accessToken || !refreshToken || !expiresIn || !tokenType)
        throw new Error('A registration gave no session');
      return { ...session, accessToken, refreshToken, expiresIn, tokenType };
    },
    verify: async (token) => {
      const keys = createLocalJWKSet(await ask(getJwks, {}));
      const options = { issuer: 'parley', audience: 'parley', algorithms: ['RS256'], typ: 'at+jwt' };
      return (await jwtVerify(token, keys, options)).payload;
    },
    published: (type) =>
      eventually(async () => {
        expect(await database.query('SELECT id FROM identity.outbox')).toEqual([]);
        return events.filter(({ meta }) => meta.type === type);
      }),
    tell: async ({ type, producer }, tenantId, payload, id = newId()) => {
      const time = new Date().toISOString();
      const meta = { id, source: producer, type, time, subject: tenantId, tenantId, correlationId: newId() };
      const [failure] = await transport.publish([{ meta, payload }]);
      if (failure) throw failure;
    },
    close: async () => {
      await service.close();
      await transport.close();
      if (!shared) await database.remove();
    },
  };
}

/**
 * Stops the clock at this very moment, to let time pass by the second. Not at a date of our choosing: the
 * scheduler of durable jobs compares the clock with the one it started by.
 */
export function stopClock(): { pass(seconds: number): void; release(): void } {
  const start = Date.now();
  const clock = freezeClock(new Date(start));
  let passed = 0;
  return {
    pass: (seconds) => {
      passed += seconds * 1000;
      clock.set(new Date(start + passed));
    },
    release: clock.release,
  };
}

export const DAY = 86_400;
