import { getCredits, listTransactions, newId } from '@parley/contracts';
import { eventually } from '@parley/testing';
import { callEnded, callEnriched, Replica, tenantCreated, useBilling } from './running-billing';

describe('credits', () => {
  const billing = useBilling();
  let tenantId: string;
  beforeEach(() => {
    tenantId = newId();
  });

  const credits = () => billing.ask(tenantId, getCredits, {});
  const transactions = (request = {}) => billing.ask(tenantId, listTransactions, request);
  const publishedOf = (type: string) =>
    billing.published.filter(({ meta }) => meta.type === type && meta.tenantId === tenantId);

  it('gives a new tenant fifteen', async () => {
    await billing.deliver(tenantCreated(tenantId));

    await expect(credits()).resolves.toEqual({ balance: 15, state: 'new', low: false, lowThreshold: 5 });
    const { data } = await transactions();
    expect(data).toEqual([
      expect.objectContaining({ type: 'bonus', amount: 15, balanceAfter: 15, callId: null }),
    ]);
  });

  it('answers zero for a tenant whose creation has not arrived yet', async () => {
    await expect(credits()).resolves.toMatchObject({ balance: 0, state: 'new' });
    await expect(transactions()).resolves.toEqual({ data: [], nextCursor: null });
  });

  it('takes started minutes for a call: 133 s are 3', async () => {
    const callId = newId();
    await billing.deliver(tenantCreated(tenantId));
    await billing.deliver(callEnded(tenantId, { callId, durationSeconds: 133 }));

    await expect(credits()).resolves.toMatchObject({ balance: 12, state: 'active' });
    const { data } = await transactions();
    expect(data[0]).toMatchObject({
      type: 'usage',
      amount: -3,
      balanceAfter: 12,
      callId,
      description: 'Call of 2:13',
    });
  });

  it('records a call that never connected and takes nothing', async () => {
    const callId = newId();
    await billing.deliver(tenantCreated(tenantId));
    await billing.deliver(callEnded(tenantId, { callId, durationSeconds: 0, status: 'no_answer' }));

    await expect(credits()).resolves.toMatchObject({ balance: 15, state: 'new' });
    const usage = await billing.database.query<{ quantity: string }>(
      'SELECT quantity FROM billing.usage_records WHERE source_id = $1',
      [callId],
    );
    expect(usage).toEqual([{ quantity: '0' }]);
  });

  it('bills a running call whole: the balance may go below zero once', async () => {
    await billing.deliver(tenantCreated(tenantId));
    await billing.deliver(callEnded(tenantId, { durationSeconds: 1_200 }));

    await expect(credits()).resolves.toMatchObject({ balance: -5, state: 'exhausted', low: true });
  });

  it('posts the difference when the duration is corrected, up and down', async () => {
    const callId = newId();
    await billing.deliver(tenantCreated(tenantId));
    await billing.deliver(callEnded(tenantId, { callId, durationSeconds: 133 }));
    await billing.deliver(callEnriched(tenantId, 2, { callId, durationSeconds: 301 }));
    await billing.deliver(callEnriched(tenantId, 5, { callId, durationSeconds: 50 }));

    const { data } = await transactions({ type: 'usage' });
    expect(data.map(({ amount, balanceAfter }) => [amount, balanceAfter])).toEqual([
      [5, 14],
      [-3, 9],
      [-3, 12],
    ]);
    const keys = await billing.database.query<{ natural_key: string }>(
      'SELECT natural_key FROM billing.ledger_transactions WHERE call_id = $1 ORDER BY number',
      [callId],
    );
    expect(keys.map(({ natural_key }) => natural_key)).toEqual([
      `call:${callId}:usage`,
      `call:${callId}:usage:correction:v2`,
      `call:${callId}:usage:correction:v5`,
    ]);
  });

  it('learns a cost that came late without touching the ledger', async () => {
    const callId = newId();
    await billing.deliver(tenantCreated(tenantId));
    await billing.deliver(callEnded(tenantId, { callId, durationSeconds: 133, providerCostCents: null }));
    await billing.deliver(callEnriched(tenantId, 3, { callId, durationSeconds: 133, providerCostCents: 21 }));

    expect((await transactions({ type: 'usage' })).data).toHaveLength(1);
    const usage = await billing.database.query(
      `SELECT quantity, raw_seconds, provider_cost_cents, source_version FROM billing.usage_records
       WHERE source_id = $1`,
      [callId],
    );
    expect(usage).toEqual([
      { quantity: '3', raw_seconds: 133, provider_cost_cents: '21', source_version: '3' },
    ]);
  });

  it('tells every change, and once that credits are low until they are refilled', async () => {
    const callId = newId();
    await billing.deliver(tenantCreated(tenantId));
    await billing.deliver(callEnded(tenantId, { callId, durationSeconds: 660 }));
    await billing.deliver(callEnded(tenantId, { durationSeconds: 60 }));
    await billing.deliver(callEnriched(tenantId, 1, { callId, durationSeconds: 60 }));
    await billing.deliver(callEnded(tenantId, { durationSeconds: 600 }));

    await eventually(() => {
      expect(publishedOf('billing.credits.changed.v1').map(({ payload }) => payload)).toEqual([
        { amount: 15, balance: 15, kind: 'bonus', callId: null },
        { amount: -11, balance: 4, kind: 'usage', callId },
        expect.objectContaining({ amount: -1, balance: 3 }),
        { amount: 10, balance: 13, kind: 'usage', callId },
        expect.objectContaining({ amount: -10, balance: 3 }),
      ]);
      expect(publishedOf('billing.credits.low.v1').map(({ payload }) => payload)).toEqual([
        { balance: 4, threshold: 5 },
        { balance: 3, threshold: 5 },
      ]);
    });
  });

  it('pages newest first, each balance following from the row below', async () => {
    await billing.deliver(tenantCreated(tenantId));
    for (let call = 0; call < 6; call++) await billing.deliver(callEnded(tenantId, { durationSeconds: 60 }));

    const first = await transactions({ limit: 4 });
    const second = await transactions({ limit: 4, cursor: first.nextCursor ?? '' });
    const balances = [...first.data, ...second.data].map(({ balanceAfter }) => balanceAfter);
    expect(balances).toEqual([9, 10, 11, 12, 13, 14, 15]);
    expect(second.nextCursor).toBeNull();
    expect((await transactions({ type: 'bonus' })).data).toHaveLength(1);
  });

  it.each([
    ['a cursor of another list', { cursor: Buffer.from('["a","b"]').toString('base64url') }, 'cursor'],
    ['a cursor without a number', { cursor: Buffer.from('["x"]').toString('base64url') }, 'cursor'],
    ['an unknown type', { type: 'gift' }, 'type'],
    ['an absurd page', { limit: 5_000 }, 'limit'],
  ])('refuses %s', async (_case, request, field) => {
    await expect(transactions(request)).rejects.toMatchObject({
      status: 400,
      code: 'VALIDATION_FAILED',
      details: [expect.objectContaining({ field })],
    });
  });

  it('takes its figures from the settings', async () => {
    const generous = await Replica.start(billing.database, {
      FREE_CREDITS: '40',
      LOW_CREDITS_THRESHOLD: '50',
    });
    await generous.deliver(tenantCreated(tenantId));

    await expect(generous.ask(tenantId, getCredits, {})).resolves.toMatchObject({ balance: 40, low: true });
    await generous.close();
  });
});
