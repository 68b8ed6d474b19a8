import {
  type ApiKeyIdentity,
  apiKeyRevokedV1,
  type EventEnvelope,
  RateLimited,
  runAs,
  systemCaller,
  Unauthenticated,
  Unavailable,
} from '@parley/contracts';
import type { RpcClient, Transport } from '@parley/messaging';
import { freezeClock } from '@parley/testing';
import type { GatewayConfig } from '../config';
import { ApiKeys } from './api-keys';
import { RateLimits } from './rate-limits';
import { MemoryRateStore } from './rate-store';

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
    const config = { RATE_LIMITS: 'on', RATE_LIMIT_BAD_KEYS: 3 } as GatewayConfig;
    keys = new ApiKeys(rpc, transport, new RateLimits(new MemoryRateStore(), config));
    await keys.onModuleInit();
  });
  afterEach(() => clock.release());

  const verify = (ip = '203.0.113.7', key = KEY) =>
    runAs({ ...systemCaller('r'), ip }, () => keys.verify(key));
  const guess = (n: number, ip?: string) =>
    verify(ip, `parley_${String(n).padStart(8, '0')}_${'_'.repeat(43)}`);
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

  it('cost an address that guesses no more questions than its limit, one after another or together', async () => {
    answers = [new Unauthenticated('unknown')];
    const verdicts = await Promise.allSettled([1, 2, 3, 4, 5].map((n) => guess(n)));
    expect(verdicts.map((verdict) => (verdict as { reason: Error }).reason.name)).toEqual([
      ...Array.from({ length: 3 }, () => 'Unauthenticated'),
      ...Array.from({ length: 2 }, () => 'RateLimited'),
    ]);
    await expect(guess(6)).rejects.toThrow(RateLimited);
    expect(asked).toBe(3);
    await expect(guess(7, '203.0.113.8')).rejects.toThrow('unknown');
    after(900);
    await expect(guess(8)).rejects.toThrow('unknown');
  });

  it('that were good from an address are not shut out by the guesses of a neighbour', async () => {
    await verify();
    answers = [IDENTITY, ...Array.from({ length: 3 }, () => new Unauthenticated('unknown')), IDENTITY];
    for (const n of [1, 2, 3]) await expect(guess(n)).rejects.toThrow('unknown');
    await expect(guess(4)).rejects.toThrow(RateLimited);
    after(6);
    await expect(verify()).resolves.toEqual(IDENTITY);
  });

  it('are no guesses when they are good, or when identity is away', async () => {
    for (const n of [1, 2, 3, 4]) await expect(guess(n)).resolves.toEqual(IDENTITY);
    answers = [new Unavailable('identity is away')];
    for (const n of [5, 6, 7, 8]) await expect(guess(n)).rejects.toThrow('away');
  });
});
