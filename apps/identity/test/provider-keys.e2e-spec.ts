import {
  type CallerContext,
  getMe,
  type KeyProvider,
  listAuditLogs,
  listProviderKeys,
  newId,
  type OwnApiKeys,
  providerKeySeal,
  putProviderKey,
  removeProviderKey,
  type ResolvedProviderKey,
  resolveProviderKey,
  updateMe,
} from '@parley/contracts';
import { callerOf, type IdentityInTest, startIdentity } from './identity-in-test';
import { anExchange, aSecret, recordLogs } from './sealed-in-test';

describe('own provider keys', () => {
  const { key: CONFIG_EXCHANGE_KEY, exchange } = anExchange();
  let identity: IdentityInTest;
  let me: Partial<CallerContext>;
  beforeAll(async () => {
    identity = await startIdentity({ CONFIG_EXCHANGE_KEY });
  });
  afterAll(() => identity?.close());
  beforeEach(async () => {
    me = callerOf(await identity.signUp());
  });

  const put = (provider: KeyProvider, key: string, caller = me) =>
    identity.ask(
      putProviderKey,
      { provider, sealedKey: exchange.seal(key, providerKeySeal.value(provider)) },
      caller,
    );
  const update = (apiKeys: OwnApiKeys) =>
    identity.ask(updateMe, { sealedApiKeys: exchange.seal(apiKeys, providerKeySeal.all) }, me);
  const resolve = async (provider: KeyProvider, caller = me): Promise<string | null> => {
    const request = { provider, nonce: newId() };
    const { sealed } = await identity.ask(resolveProviderKey, request, caller);
    const purpose = providerKeySeal.answer(caller.userId ?? '', request);
    return (exchange.open(sealed, purpose) as ResolvedProviderKey).key;
  };

  it('are written, used, replaced and removed, and never shown', async () => {
    const logs = recordLogs();
    const [first, second] = [aSecret(), aSecret()];
    try {
      const saved = await put('openai', first);
      expect(saved).toMatchObject({ provider: 'openai', lastFour: first.slice(-4) });
      expect(await resolve('openai')).toBe(first);
      await put('openai', second);
      expect(await resolve('openai')).toBe(second);
      const { data } = await identity.ask(listProviderKeys, {}, me);
      expect(data).toEqual([expect.objectContaining({ provider: 'openai', lastFour: second.slice(-4) })]);
      const { data: trail } = await identity.ask(listAuditLogs, {}, me);
      expect(trail.slice(0, 2)).toEqual([
        expect.objectContaining({
          action: 'provider-key.set',
          before: { lastFour: first.slice(-4) },
          after: { lastFour: second.slice(-4) },
        }),
        expect.objectContaining({ action: 'provider-key.set', resourceId: 'openai', before: null }),
      ]);
      const rows = await identity.database.query('SELECT t::text FROM identity.user_provider_keys t');
      for (const seen of [saved, data, trail, rows, logs.text]) {
        for (const key of [first, second]) {
          expect(JSON.stringify(seen)).not.toContain(key);
          expect(JSON.stringify(seen)).not.toContain(Buffer.from(key).toString('hex'));
        }
      }
    } finally {
      logs.stop();
    }
    await identity.ask(removeProviderKey, { provider: 'openai' }, me);
    expect(await resolve('openai')).toBeNull();
    await expect(identity.ask(removeProviderKey, { provider: 'openai' }, me)).rejects.toMatchObject({
      status: 404,
    });
  });

  it('change with the profile: null removes, left out stays', async () => {
    const [openai, elevenlabs] = [aSecret(), aSecret()];
    expect((await update({ openai, elevenlabs })).apiKeys).toEqual({
      openai: openai.slice(-4),
      elevenlabs: elevenlabs.slice(-4),
    });
    await update({ openai: null });
    expect((await identity.ask(getMe, {}, me)).apiKeys).toEqual({
      openai: null,
      elevenlabs: elevenlabs.slice(-4),
    });
    expect(await resolve('elevenlabs')).toBe(elevenlabs);
  });

  it('are one person’s', async () => {
    const other = callerOf(await identity.signUp());
    await put('openai', aSecret(), other);
    expect(await resolve('openai')).toBeNull();
    expect((await identity.ask(getMe, {}, me)).apiKeys.openai).toBeNull();
    expect((await identity.ask(listProviderKeys, {}, me)).data).toEqual([]);
  });

  it('are not for whoever acts as somebody else, nor for strangers', async () => {
    await put('openai', aSecret());
    for (const [caller, status] of [
      [{ ...me, impersonatorId: newId() }, 403],
      [{}, 401],
    ] as const) {
      await expect(resolve('openai', caller)).rejects.toMatchObject({ status });
      await expect(put('openai', aSecret(), caller)).rejects.toMatchObject({ status });
    }
  });

  it.each(['short', 'has blanks in the middle of it', `${'x'.repeat(20)}\u0000`])(
    'are no %j',
    async (key) => {
      await expect(put('openai', key)).rejects.toMatchObject({
        status: 400,
        details: [expect.objectContaining({ field: 'key' })],
      });
      await expect(update({ openai: key })).rejects.toMatchObject({
        details: [expect.objectContaining({ field: 'openai' })],
      });
    },
  );

  it('do not open in another row', async () => {
    const other = callerOf(await identity.signUp());
    await put('openai', aSecret(), other);
    await put('openai', aSecret());
    await identity.database.query(
      `UPDATE identity.user_provider_keys mine SET sealed = theirs.sealed, wrapped_key = theirs.wrapped_key
       FROM identity.user_provider_keys theirs WHERE mine.user_id = $1 AND theirs.user_id = $2`,
      [me.userId, other.userId],
    );
    await expect(resolve('openai')).rejects.toMatchObject({ status: 500 });
  });
});
