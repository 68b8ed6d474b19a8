import {
  getJwks,
  newId,
  providerKeySeal,
  putProviderKey,
  putSystemConfig,
  type ResolvedProviderKey,
  type ResolvedSystemConfig,
  resolveProviderKey,
  resolveSystemConfig,
  systemConfigSeal,
} from '@parley/contracts';
import { eventually, type TestDatabase, testDatabase } from '@parley/testing';
import { identity as identitySpec } from '../src';
import { masterKey } from '../src/envelopes/envelope';
import { callerOf, type IdentityInTest, newEncryptionKey, startIdentity } from './identity-in-test';
import { ADMIN, anExchange, aSecret } from './sealed-in-test';

describe('the master key', () => {
  const { key: CONFIG_EXCHANGE_KEY, exchange } = anExchange();
  const [first, second] = [newEncryptionKey(), newEncryptionKey()];
  const [systemSecret, ownSecret] = [aSecret(), aSecret()];
  let database: TestDatabase;
  let caller: ReturnType<typeof callerOf>;
  let kids: string[];

  const start = (ENCRYPTION_KEY: string, former: string[] = []): Promise<IdentityInTest> =>
    startIdentity({ CONFIG_EXCHANGE_KEY, ENCRYPTION_KEY, ENCRYPTION_KEYS_OLD: former.join(',') }, database);
  const during = async (identity: IdentityInTest, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } finally {
      await identity.close();
    }
  };
  const opens = async (identity: IdentityInTest): Promise<void> => {
    const system = { service: 'ai-agents' as const, nonce: newId() };
    const resolved = await identity.ask(resolveSystemConfig, system);
    const { values } = exchange.open(
      resolved.sealed,
      systemConfigSeal.answer(system),
    ) as ResolvedSystemConfig;
    expect(values['ANTHROPIC_API_KEY']?.text).toBe(systemSecret);
    const own = { provider: 'openai' as const, nonce: newId() };
    const answer = await identity.ask(resolveProviderKey, own, caller);
    const purpose = providerKeySeal.answer(caller.userId ?? '', own);
    expect((exchange.open(answer.sealed, purpose) as ResolvedProviderKey).key).toBe(ownSecret);
  };

  beforeAll(async () => {
    database = await testDatabase([identitySpec]);
    const identity = await start(first);
    await during(identity, async () => {
      caller = callerOf(await identity.signUp());
      const key = 'ANTHROPIC_API_KEY';
      const sealedValue = exchange.seal(systemSecret, systemConfigSeal.value(key));
      await identity.ask(putSystemConfig, { key, sealedValue, skipTest: true }, ADMIN);
      const sealedKey = exchange.seal(ownSecret, providerKeySeal.value('openai'));
      await identity.ask(putProviderKey, { provider: 'openai', sealedKey }, caller);
      kids = (await identity.ask(getJwks, {})).keys.map(({ kid }) => kid);
    });
  });
  afterAll(() => database?.remove());

  it('that is another one stops the start and says so', async () => {
    await expect(start(newEncryptionKey())).rejects.toThrow(
      new RegExp(`ENCRYPTION_KEY is not the one it was: 2 values need master key ${masterKey(first).id}`),
    );
  });

  it('is rotated: what lay under the former one moves to the new one', async () => {
    const rotating = await start(second, [first]);
    await during(rotating, async () => {
      await opens(rotating);
      await eventually(async () => {
        const rows = await database.query<{ id: string }>(
          `SELECT key_id AS id FROM identity.system_config_versions UNION SELECT key_id FROM identity.user_provider_keys`,
        );
        expect(rows).toEqual([{ id: masterKey(second).id }]);
      });
    });
    const rotated = await start(second);
    await during(rotated, async () => {
      await opens(rotated);
      await rotated.signUp();
      expect((await rotated.ask(getJwks, {})).keys.map(({ kid }) => kid)).toEqual(kids);
    });
    await expect(start(first)).rejects.toThrow('ENCRYPTION_KEY is not the one it was');
  });
});
