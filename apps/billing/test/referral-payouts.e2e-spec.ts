import {
  approvePayout,
  listOwnPayouts,
  listPayouts,
  listReferrals,
  markPayoutPaid,
  newId,
  payoutApprovedV1,
  payoutPaidV1,
  payoutRejectedV1,
  payoutRequestedV1,
  getReferral,
  rejectPayout,
  requestPayout,
  revealPayoutMethod,
} from '@parley/contracts';
import { eventually, type TestDatabase } from '@parley/testing';
import { aPerson, type Person, ReferralWorld } from './referral-world';
import { billingDatabase, Replica } from './running-billing';

describe('payouts of commissions', () => {
  let database: TestDatabase;
  let billing: Replica;
  let world: ReferralWorld;
  let referrer: Person;
  let referred: Person;
  let referralId: string;

  beforeAll(async () => {
    database = await billingDatabase();
    billing = await Replica.start(database);
    world = new ReferralWorld(billing, database);
  });
  afterAll(async () => {
    await billing?.close();
    await database?.remove();
  });
  beforeEach(async () => {
    referrer = aPerson();
    referred = aPerson();
    referralId = await world.refer(referrer, referred);
  });

  const approve = (id: string) => billing.askAsPlatform(approvePayout, { id });
  const reject = (id: string) => billing.askAsPlatform(rejectPayout, { id, reason: 'Not theirs' });
  const markPaid = (id: string, reference = 'TRANSFER-1') =>
    billing.askAsPlatform(markPayoutPaid, { id, reference });
  const postings = async () => {
    const [row] = await database.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM billing.ledger_transactions WHERE tenant_id = $1',
      [referrer.tenantId],
    );
    return row?.count;
  };
  /** 2,500 and 10 % of 50,000: 7,500 cents. */
  const earn = async () => {
    const payment = await world.pay(referred, { amountCents: 50_000 });
    await world.passHold(referrer);
    return payment;
  };

  it('go from requested over approved to paid, each once and each told', async () => {
    await earn();
    const { id } = await world.payOut(referrer);
    expect(await world.expectBooksToAgree(referrer)).toMatchObject({
      availableCents: 0,
      requestedCents: 7_500,
    });

    await approve(id);
    expect(await markPaid(id)).toMatchObject({ status: 'paid', paidReference: 'TRANSFER-1', covered: true });
    expect(await world.expectBooksToAgree(referrer)).toMatchObject({ requestedCents: 0, paidCents: 7_500 });
    const { data } = await world.as(referrer, listReferrals, {});
    expect(data[0]).toMatchObject({ status: 'rewarded' });
    expect(data[0]?.commissions.map(({ status, payoutId }) => [status, payoutId])).toEqual([
      ['paid', id],
      ['paid', id],
    ]);
    await eventually(() => {
      for (const event of [payoutRequestedV1, payoutApprovedV1, payoutPaidV1])
        expect(billing.told(referrer.tenantId, event)).toEqual([
          expect.objectContaining({ payoutId: id, amountCents: 7_500, currency: 'USD' }),
        ]);
      expect(billing.acts(referrer.tenantId)).toEqual(['payout.requested', 'payout.approved', 'payout.paid']);
    });
  });

  it('refuse a second decision of the same kind, and post nothing for it', async () => {
    await earn();
    const { id } = await world.payOut(referrer);
    await expect(markPaid(id)).rejects.toMatchObject({ status: 409, code: 'STATE_CONFLICT' });
    await approve(id);
    for (const again of [approve, reject]) await expect(again(id)).rejects.toMatchObject({ status: 409 });
    await markPaid(id);
    const before = await postings();
    for (const again of [approve, reject, markPaid])
      await expect(again(id)).rejects.toMatchObject({ status: 409, code: 'STATE_CONFLICT' });
    expect(await postings()).toBe(before);
    await world.expectBooksToAgree(referrer);
  });

  it('that are rejected make the money available again, with the reason', async () => {
    await earn();
    const { id } = await world.payOut(referrer);
    await reject(id);
    expect(await world.expectBooksToAgree(referrer)).toMatchObject({
      availableCents: 7_500,
      requestedCents: 0,
    });
    const { data } = await world.as(referrer, listOwnPayouts, {});
    expect(data).toEqual([expect.objectContaining({ id, status: 'rejected', reason: 'Not theirs' })]);
    await eventually(() =>
      expect(billing.told(referrer.tenantId, payoutRejectedV1)).toEqual([
        expect.objectContaining({ payoutId: id, reason: 'Not theirs' }),
      ]),
    );
    expect(billing.acts(referrer.tenantId)).toEqual(['payout.requested', 'payout.rejected']);
    await expect(world.payOut(referrer)).resolves.toMatchObject({ amountCents: 7_500 });
  });

  it('start at 50 dollars, and need what is asked for to be there', async () => {
    await expect(world.payOut(aPerson())).rejects.toMatchObject({
      status: 422,
      code: 'BELOW_MINIMUM_PAYOUT',
    });
    await world.pay(referred);
    await world.passHold(referrer);
    await expect(world.payOut(referrer)).rejects.toMatchObject({
      status: 422,
      code: 'BELOW_MINIMUM_PAYOUT',
      details: { amountCents: 4_990, minPayoutCents: 5_000 },
    });
    await world.pay(referred, { amountCents: 100 });
    await world.passHold(referrer);
    await expect(world.payOut(referrer, 5_001)).rejects.toMatchObject({
      status: 422,
      code: 'INSUFFICIENT_COMMISSIONS',
    });
    await expect(world.payOut(referrer)).resolves.toMatchObject({ amountCents: 5_000, status: 'pending' });
  });

  it('can be of a part; the rest stays available', async () => {
    await earn();
    await world.payOut(referrer, 6_000);
    expect(await world.expectBooksToAgree(referrer)).toMatchObject({ availableCents: 1_500 });
  });

  it('are one at a time, also when two ask at once', async () => {
    await earn();
    const tries = await Promise.allSettled(
      [5_000, 5_000, 7_500, 7_500].map((cents) => world.payOut(referrer, cents)),
    );
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const each of tries)
      if (each.status === 'rejected') expect(each.reason).toMatchObject({ status: 409, code: 'PAYOUT_OPEN' });
    await world.expectBooksToAgree(referrer);
  });

  it('are decided once, also when several decide at once', async () => {
    await earn();
    const { id } = await world.payOut(referrer);
    const decided = await Promise.allSettled([approve(id), approve(referralId), reject(id), approve(id)]);
    expect(decided.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const { status } = (await world.as(referrer, listOwnPayouts, {})).data[0] ?? {};
    if (status === 'approved') {
      const paid = await Promise.allSettled([markPaid(id, 'A'), markPaid(referralId, 'B')]);
      expect(paid.filter((each) => each.status === 'fulfilled')).toHaveLength(1);
    }
    await world.expectBooksToAgree(referrer);
  });

  it('are found by the id of a referral they hold commissions of (C-78)', async () => {
    await expect(approve(referralId)).rejects.toMatchObject({ status: 409, code: 'NO_OPEN_PAYOUT' });
    await expect(approve(newId())).rejects.toMatchObject({ status: 404 });
    await earn();
    const { id } = await world.payOut(referrer);
    expect(await approve(referralId)).toMatchObject({ id, status: 'approved' });
    expect(await markPaid(referralId)).toMatchObject({ id, status: 'paid' });
    await expect(markPaid(referralId)).rejects.toMatchObject({ status: 409, code: 'NO_OPEN_PAYOUT' });
    expect(await billing.askAsPlatform(getReferral, { id: referralId })).toMatchObject({
      payouts: [expect.objectContaining({ id })],
    });
  });

  it('that were paid and are taken back are earned back before the next', async () => {
    const payment = await earn();
    const { id } = await world.payOut(referrer);
    await approve(id);
    await markPaid(id);
    await world.refund(referred, payment, { amountCents: 50_000 });
    expect(await world.expectBooksToAgree(referrer)).toMatchObject({
      availableCents: -7_500,
      paidCents: 7_500,
    });

    await world.pay(referred, { amountCents: 100_000 });
    await world.passHold(referrer);
    expect(await world.expectBooksToAgree(referrer)).toMatchObject({ availableCents: 2_500 });
    await expect(world.payOut(referrer)).rejects.toMatchObject({ code: 'BELOW_MINIMUM_PAYOUT' });
    await world.pay(referred, { amountCents: 50_000 });
    await world.passHold(referrer);
    await expect(world.payOut(referrer)).resolves.toMatchObject({ amountCents: 7_500 });
    await world.expectBooksToAgree(referrer);
  });

  it('are not approved or paid while what they are of was taken back or is disputed', async () => {
    const disputeId = newId();
    const payment = await earn();
    const { id } = await world.payOut(referrer);
    await world.dispute(referred, payment, { disputeId, status: 'opened' });
    await expect(approve(id)).rejects.toMatchObject({ status: 409, code: 'PAYOUT_NOT_COVERED' });
    const { data } = await billing.askAsPlatform(listPayouts, {});
    expect(data.find((each) => each.id === id)).toMatchObject({ covered: false, last4: 'e.ca' });

    await world.dispute(referred, payment, { disputeId, status: 'won' });
    await approve(id);
    await world.refund(referred, payment, { amountCents: 1_000 });
    await expect(markPaid(id)).rejects.toMatchObject({
      code: 'PAYOUT_NOT_COVERED',
      details: { missingCents: 150 },
    });
    await world.expectBooksToAgree(referrer);
  });

  describe('methods', () => {
    const ask = (method: object) => world.as(referrer, requestPayout, { method } as never);

    it('are sealed; only whoever transfers the money opens them', async () => {
      await earn();
      const account = 'DE89 3704 0044 0532 0130 00';
      const { id, last4 } = await ask({ kind: 'bank', account, holder: 'Élise Tremblay' });
      expect(last4).toBe('3000');
      const rows = await database.query('SELECT * FROM billing.payout_requests WHERE id = $1', [id]);
      expect(JSON.stringify(rows)).not.toMatch(/DE89|0532|Tremblay/);
      await expect(billing.askAsPlatform(revealPayoutMethod, { id })).resolves.toEqual({
        kind: 'bank',
        account: 'DE89370400440532013000',
        holder: 'Élise Tremblay',
      });
      await expect(world.as(referrer, revealPayoutMethod, { id })).rejects.toMatchObject({ status: 403 });
      await eventually(() =>
        expect(billing.acts(referrer.tenantId)).toEqual(['payout.requested', 'payout.account-revealed']),
      );
      expect(JSON.stringify(billing.published)).not.toMatch(/DE89|0532|Tremblay/);
    });

    it.each([
      ['account', { kind: 'paypal', account: 'nobody' }],
      ['routing', { kind: 'paypal', account: 'e@example.ca', routing: '12345' }],
      ['holder', { kind: 'bank', account: '000123456', routing: '00112' }],
      ['account', { kind: 'bank', account: 'DE00370400440532013000', holder: 'E' }],
      ['routing', { kind: 'bank', account: '000123456', holder: 'E' }],
      ['routing', { kind: 'bank', account: 'DE89370400440532013000', holder: 'E', routing: '00112' }],
    ])('name a faulty %s', async (field, method) => {
      await expect(ask(method)).rejects.toMatchObject({
        status: 400,
        details: [expect.objectContaining({ field: `method.${field}` })],
      });
    });
  });
});
