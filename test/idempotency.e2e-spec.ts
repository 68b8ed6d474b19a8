import { newId } from '@parley/contracts';
import { Idempotency } from '../apps/gateway/src/idempotency/idempotency.service';
import { type Answer, type Member, TestPlatform } from './support/platform';

interface Body {
  secret?: string;
  data?: { name: string }[];
  error?: { code: string; details?: unknown };
}

describe('Idempotency-Key', () => {
  let platform: TestPlatform;
  let owner: Member;
  const post = (path: string, body: object, key: string, token = owner.accessToken) =>
    platform.call<Body>('POST', path, { token, body, headers: { 'idempotency-key': key } });
  const makeToken = (name: string, key: string, token?: string) =>
    post('/v1/service-tokens', { name, scopes: ['calls:read'] }, key, token);
  const tokensNamed = async (name: string): Promise<number> => {
    const { body } = await platform.call<Body>('GET', '/v1/service-tokens', { token: owner.accessToken });
    return (body.data ?? []).filter((token) => token.name === name).length;
  };
  const codeOf = ({ status, body }: Answer<Body>) => [status, body.error?.code];
  const setRow = (set: string, key: string) =>
    platform.database.query(`UPDATE gateway.http_idempotency SET ${set} WHERE key = $1`, [key]);
  const abandoned = `state = 'running', status = NULL, held_until = now() - interval '1 s'`;

  beforeAll(async () => {
    platform = await TestPlatform.start();
    owner = await platform.signUp('Owner');
  });
  afterAll(() => platform?.close());

  it('gives a repeat the first answer, the secret included, and does nothing', async () => {
    const first = await makeToken('once', 'key-1');
    const again = await makeToken('once', 'key-1');
    expect([first.status, first.headers.get('idempotency-replayed')]).toEqual([201, null]);
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([201, 'true']);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('content-type')).toBe(first.headers.get('content-type'));
    expect(await tokensNamed('once')).toBe(1);
  });

  it('hands the key on to the service', async () => {
    const asked = jest.spyOn(platform.transport, 'request');
    await makeToken('handed on', 'key-handed-on');
    const [call] = asked.mock.calls.filter(([{ operation }]) => operation === 'identity.api-key.create');
    expect(call?.[0].headers['x-idempotency-key']).toBe('key-handed-on');
    asked.mockRestore();
  });

  it('keeps answers sealed', async () => {
    const { body } = await makeToken('sealed', 'key-sealed');
    const rows = await platform.database.query<{ body_sealed: Buffer; row: string }>(
      `SELECT body_sealed, t::text AS row FROM gateway.http_idempotency t WHERE key = 'key-sealed'`,
    );
    expect(rows).toHaveLength(1);
    expect(body.secret?.length).toBeGreaterThan(20);
    expect(rows[0]?.body_sealed.includes(body.secret ?? '')).toBe(false);
    expect(rows[0]?.row).not.toContain(body.secret);
  });

  it.each([
    ['PUT', '/v1/billing/subscription', { planCode: 'voice.core', paymentMethodId: 'pm_card_visa' }],
    [
      'POST',
      '/api/subscriptions/subscribe',
      { plan_code: 'sales.growth', payment_method_id: 'pm_card_visa' },
    ],
  ])('subscribes once: %s %s', async (method, path, body) => {
    const subscribe = () =>
      platform.call<Body>(method, path, {
        token: owner.accessToken,
        body,
        headers: { 'idempotency-key': `key-${path}` },
      });
    const [first, again] = [await subscribe(), await subscribe()];
    expect([first.status, again.status]).toEqual([200, 200]);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.body).toEqual(first.body);
  });

  it('refuses another request under the same key', async () => {
    await makeToken('mine', 'key-2');
    expect(codeOf(await makeToken('other', 'key-2'))).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
    expect(await tokensNamed('other')).toBe(0);
  });

  it('refuses what is no key', async () => {
    const answer = await makeToken('x', 'x'.repeat(256));
    expect(codeOf(answer)).toEqual([400, 'VALIDATION_FAILED']);
    expect(answer.body.error?.details).toEqual([expect.objectContaining({ field: 'Idempotency-Key' })]);
  });

  it('runs once when ten requests come at once', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => makeToken('race', 'key-race')));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(201));
    expect(new Set(answers.map(({ body }) => body.secret)).size).toBe(1);
    expect(await tokensNamed('race')).toBe(1);
  });

  it('is free again after a refusal', async () => {
    const wrong = await post('/v1/service-tokens', { name: 'fixed', scopes: [] }, 'key-3');
    expect(wrong.status).toBe(400);
    expect((await makeToken('fixed', 'key-3')).status).toBe(201);
  });

  it('belongs to one person on one route', async () => {
    const other = await platform.signUp('Other');
    const mine = await makeToken('shared', 'key-4');
    const theirs = await makeToken('shared', 'key-4', other.accessToken);
    expect(theirs.status).toBe(201);
    expect(theirs.body.secret).not.toBe(mine.body.secret);
    const elsewhere = await post('/v1/tenants', { name: 'Second' }, 'key-4');
    expect(elsewhere.status).toBe(201);
  });

  it('tells a duplicate to come back while the first one runs', async () => {
    await makeToken('slow', 'key-slow');
    await setRow(`state = 'running', status = NULL, held_until = now() + interval '1 min'`, 'key-slow');
    const answer = await makeToken('slow', 'key-slow');
    expect(codeOf(answer)).toEqual([409, 'IDEMPOTENCY_IN_PROGRESS']);
    expect(answer.headers.get('retry-after')).toBe('1');
  });

  it('does not run again what died half-way, says so, and takes the key anew when it has expired', async () => {
    await makeToken('crashed', 'key-crashed');
    await setRow(abandoned, 'key-crashed');
    const answer = await makeToken('crashed', 'key-crashed');
    expect(codeOf(answer)).toEqual([409, 'IDEMPOTENCY_OUTCOME_UNKNOWN']);
    expect(answer.headers.get('retry-after')).toBeNull();
    expect(await tokensNamed('crashed')).toBe(1);
    await setRow(`expires_at = now() - interval '1 s'`, 'key-crashed');
    expect((await makeToken('crashed', 'key-crashed')).status).toBe(201);
  });

  it('asks again for what died half-way when the service takes the key as its own', async () => {
    const idempotency = platform.get<Idempotency>('gateway', Idempotency);
    const scope = { tenantId: owner.tenantId, actorId: owner.userId, route: 'POST /x', key: 'key-again' };
    const hash = Buffer.alloc(32, 7);
    const act = jest.fn().mockResolvedValue({ status: 201, headers: {}, body: '{}' });
    await idempotency.once(scope, hash, true, act);
    await setRow(abandoned, 'key-again');
    await expect(idempotency.once(scope, hash, false, act)).rejects.toMatchObject({
      code: 'IDEMPOTENCY_OUTCOME_UNKNOWN',
    });
    await expect(idempotency.once(scope, hash, true, act)).resolves.toMatchObject({ replayed: false });
    await expect(idempotency.once(scope, hash, true, act)).resolves.toMatchObject({ replayed: true });
    expect(act).toHaveBeenCalledTimes(2);
  });

  it('leaves the outcome unknown when the act failed without a verdict', async () => {
    const idempotency = platform.get<Idempotency>('gateway', Idempotency);
    const scope = { tenantId: owner.tenantId, actorId: owner.userId, route: 'POST /x', key: 'key-lost' };
    const lost = new Error('connection lost');
    const act = jest.fn().mockRejectedValue(lost);
    await expect(idempotency.once(scope, Buffer.alloc(32), false, act)).rejects.toBe(lost);
    await expect(idempotency.once(scope, Buffer.alloc(32), false, act)).rejects.toMatchObject({
      code: 'IDEMPOTENCY_OUTCOME_UNKNOWN',
    });
    expect(act).toHaveBeenCalledTimes(1);
  });

  it('forgets expired keys', async () => {
    await makeToken('old', `key-${newId()}`);
    await platform.database.query("UPDATE gateway.http_idempotency SET expires_at = now() - interval '1 s'");
    await platform.get<Idempotency>('gateway', Idempotency).sweep();
    expect(await platform.database.query('SELECT 1 FROM gateway.http_idempotency')).toEqual([]);
  });
});
