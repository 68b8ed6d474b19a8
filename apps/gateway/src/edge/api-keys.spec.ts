import {
  type ApiKeyIdentity,
  apiKeyRevokedV1,
  type EventEnvelope,
  runAs,
  systemCaller,
  Unauthenticated,
  Unavailable,
} from '@parley/contracts';
import type { RpcClient, Transport } from '@parley/messaging';
import { freezeClock } from '@parley/testing';
import { ApiKeys } from './api-keys';

const PREFIX = 'parley_abcdefgh';
const KEY = `${PREFIX}_${'_'.repeat(43)}`;
const IDENTITY: ApiKeyIdentity = {
  keyId: 'k',
  tenantId: 't',
  scopes: ['lookup'],
  limitPerMinute: 7,
  locale: 'fr',
  goodUntil: null,
};

describe('service tokens at the edge', () => {
  const start = Date.parse('2026-11-20T10:00:00Z');
  let clock: ReturnType<typeof freezeClock>;
  let answers: (ApiKeyIdentity | Error)[];
  let asked: number;
  let revoke: (prefix: string) => void;
  let keys: ApiKeys;

  beforeEach(async () => {
    clock = freezeClock(new Date(start));
    answers = [IDENTITY];
    asked = 0;
    const rpc = {
      call: async () => {
        const answer = answers[Math.min(asked++, answers.length - 1)];
        if (answer instanceof Error) throw answer;
        return answer;
      },
    } as unknown as RpcClient;
    const transport = {
      observe: async (types: readonly string[], listener: (envelope: EventEnvelope) => void) => {
        expect(types).toEqual([apiKeyRevokedV1.type]);
        revoke = (prefix) => listener({ payload: { keyId: 'k', prefix } } as EventEnvelope);
      },
    } as unknown as Transport;
    keys = new ApiKeys(rpc, transport);
    await keys.onModuleInit();
  });
  afterEach(() => clock.release());

  const verify = (ip = '203.0.113.7') => runAs({ ...systemCaller('r'), ip }, () => keys.verify(KEY));
  const after = (seconds: number) => clock.set(new Date(start + seconds * 1000));

  it('are asked for once in five seconds, however many requests', async () => {
    await Promise.all([verify(), verify(), verify()]);
    after(4.9);
    await expect(verify()).resolves.toEqual(IDENTITY);
    expect(asked).toBe(1);
    after(5);
    await verify();
    expect(asked).toBe(2);
    expect(keys.limitOf('k')).toBe(7);
  });

  it('are asked for again from another address', async () => {
    await verify();
    await verify('203.0.113.8');
    expect(asked).toBe(2);
  });

  it('are forgotten at once when they are revoked, and no others', async () => {
    await verify();
    revoke('parley_zzzzzzzz');
    await verify();
    expect(asked).toBe(1);
    answers = [new Unauthenticated('revoked')];
    revoke(PREFIX);
    await expect(verify()).rejects.toThrow('revoked');
  });

  it('are forgotten while identity is still answering', async () => {
    const early = verify();
    revoke(PREFIX);
    await early;
    await verify();
    expect(asked).toBe(2);
  });

  it('are not good here longer than their secret', async () => {
    answers = [{ ...IDENTITY, goodUntil: new Date(start + 1000).toISOString() }];
    await verify();
    after(1);
    await verify();
    expect(asked).toBe(2);
  });

  it('that were refused stay so for the moment, but an outage is no refusal', async () => {
    answers = [new Unavailable('identity is away'), new Unauthenticated('unknown'), IDENTITY];
    await expect(verify()).rejects.toThrow('away');
    await expect(verify()).rejects.toThrow('unknown');
    await expect(verify()).rejects.toThrow('unknown');
    expect(asked).toBe(2);
  });
});
