import type {
  AdminPayoutResponse,
  PayoutResponse,
  ReferralCodeResponse,
  ReferralDetails,
  ReferralPage,
  ReferralStats,
} from '@parley/contracts';
import { refundPayment, listPayments, runAs, startCheckout, verifyLedger, newId } from '@parley/contracts';
import { eventually } from '@parley/testing';
import { Releases } from '../apps/billing/src/referrals/releases.service';
import { type Answer, type Member, TestPlatform } from './support/platform';

interface Refused {
  error: { code: string };
}
interface Disputed {
  id: string;
}

/** Scenario A of design 004’s referrals: everything through HTTP and the simulated Stripe, which tells all twice. */
describe('referrals over HTTP', () => {
  let platform: TestPlatform;
  let admin: Member;
  let referrer: Member;
  let referred: Member;
  let code: string;

  beforeAll(async () => {
    platform = await TestPlatform.start({
      CHECKOUT_ORIGINS: 'https://app.parley.test',
      APP_URL: 'https://app.parley.test',
      RATE_LIMIT_AUTH: '100000',
    });
    await fetch(`${platform.sandbox.url}/control/faults`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ duplicate: 1, seed: 7 }),
    });
    admin = await platform.signUpAdmin();
    referrer = await platform.signUp('Referrer');
    code = (await ask<ReferralCodeResponse>(referrer, 'GET', '/v1/referrals/code')).body.code;
    referred = await platform.signUp('Referred', { referralCode: code });
  });
  afterAll(() => platform?.close());

  const ask = <Body>(who: Member, method: string, path: string, body?: unknown): Promise<Answer<Body>> =>
    platform.call<Body>(method, path, { token: who.accessToken, body });
  const stats = async (): Promise<ReferralStats> =>
    (await ask<ReferralStats>(referrer, 'GET', '/v1/referrals/stats')).body;
  const expectStats = (expected: Partial<ReferralStats>): Promise<void> =>
    eventually(async () => expect(await stats()).toMatchObject(expected), 30_000);
  const control = async <T>(path: string, body: object): Promise<T> => {
    const response = await fetch(`${platform.sandbox.url}/control/stripe${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(await response.text());
    return (await response.json()) as T;
  };
  const booksAreSound = () =>
    runAs({ requestId: newId(), userId: newId(), roles: ['super_admin'], locale: 'en' }, async () =>
      expect(await platform.rpc.call(verifyLedger, {})).toMatchObject({ sound: true, unbalanced: 0 }),
    );

  it('records the signup that carried the code, and no second one', async () => {
    await expectStats({ signups: 1, subscribed: 0 });
    const again = await ask<Refused>(referred, 'POST', '/v1/referrals/signups', { code });
    expect([again.status, again.body.error.code]).toEqual([409, 'ALREADY_REFERRED']);
    const own = await ask<Refused>(referrer, 'POST', '/v1/referrals/signups', { code });
    expect([own.status, own.body.error.code]).toEqual([422, 'SELF_REFERRAL']);
  });

  it('earns from a subscription paid at Stripe, pays out, and takes back what was refunded and lost', async () => {
    const { sessionId } = await runAs(referred.caller, () =>
      platform.rpc.call(startCheckout, { priceCode: 'voice.scale' }),
    );
    await control(`/checkout/${sessionId}/pay`, { fingerprint: 'card-of-referred' });
    const earned = 2_500 + 9_970;
    await expectStats({ subscribed: 1, earnedCents: earned, pendingCents: earned });
    await booksAreSound();

    const early = await ask<Refused>(referrer, 'POST', '/v1/referrals/payout-requests', payout);
    expect([early.status, early.body.error.code]).toEqual([422, 'BELOW_MINIMUM_PAYOUT']);
    await platform.database.query(
      `UPDATE billing.referral_commissions SET available_at = now() - interval '1 second'`,
    );
    await platform.get<{ run(): Promise<void> }>('billing', Releases).run();
    await expectStats({ availableCents: earned, pendingCents: 0 });

    const requested = await ask<PayoutResponse>(referrer, 'POST', '/v1/referrals/payout-requests', payout);
    expect([requested.status, requested.body.amountCents, requested.body.last4]).toEqual([
      201,
      earned,
      'e.ca',
    ]);
    const list = await ask<InstanceType<typeof ReferralPage>>(referrer, 'GET', '/v1/referrals');
    const referralId = list.body.data[0]?.id;
    const approve = `/v1/admin/referrals/${referralId}/approve`;
    expect((await ask(referrer, 'POST', approve)).status).toBe(403);
    expect((await ask(admin, 'POST', approve)).status).toBe(200);
    const paid = await ask<AdminPayoutResponse>(
      admin,
      'POST',
      `/v1/admin/referrals/${requested.body.id}/mark-paid`,
      { reference: 'T-1' },
    );
    expect([paid.status, paid.body.status]).toEqual([200, 'paid']);
    expect(
      (await ask(admin, 'POST', `/v1/admin/referrals/${referralId}/mark-paid`, { reference: 'T-2' })).status,
    ).toBe(409);
    await expectStats({ paidCents: earned, availableCents: 0 });
    await booksAreSound();

    const [payment] = (await runAs(referred.caller, () => platform.rpc.call(listPayments, {}))).data;
    await runAs({ requestId: newId(), userId: newId(), roles: ['super_admin'], locale: 'en' }, () =>
      platform.rpc.call(refundPayment, { id: payment?.id ?? '', amountCents: 9_970, reason: 'Goodwill' }),
    );
    await expectStats({ clawedBackCents: 1_247, availableCents: -1_247, paidCents: earned });
    await booksAreSound();

    const { charges } = (await (await fetch(`${platform.sandbox.url}/control/stripe`)).json()) as {
      charges: { id: string }[];
    };
    const dispute = await control<Disputed>(`/charges/${charges[0]?.id}/dispute`, { amount: 89_730 });
    await expectStats({ heldCents: earned - 1_247 });
    await control(`/disputes/${dispute.id}/close`, { outcome: 'lost' });
    await expectStats({ heldCents: 0, clawedBackCents: earned, availableCents: -earned, paidCents: earned });
    await booksAreSound();

    const { body } = await ask<ReferralDetails>(admin, 'GET', `/v1/admin/referrals/${referralId}`);
    expect(body).toMatchObject({ status: 'clawed_back', code, earnedCents: earned, clawedBackCents: earned });
    expect(body.payouts).toEqual([expect.objectContaining({ status: 'paid', paidReference: 'T-1' })]);
  });

  it('keeps administration from everybody else, and lets it edit the program', async () => {
    expect((await ask(referrer, 'GET', '/v1/admin/referral-settings')).status).toBe(403);
    const { body } = await ask(admin, 'PUT', '/v1/admin/referral-settings', { holdDays: 14 });
    expect(body).toMatchObject({ version: 2, holdDays: 14, minPayoutCents: 5_000, updatedBy: admin.userId });
    const wrong = await ask<Refused>(admin, 'PUT', '/v1/admin/referral-settings', { holdDays: -1 });
    expect([wrong.status, wrong.body.error.code]).toEqual([400, 'VALIDATION_FAILED']);
    const pending = await ask<{ data: object[] }>(admin, 'GET', '/v1/admin/payout-requests');
    expect(pending.body.data).toEqual([]);
  });

  it('asks who wants money to prove who they are', async () => {
    const { body: document } = await platform.call<{
      paths: Record<string, Record<string, { responses: Record<string, { description?: string }> }>>;
    }>('GET', '/api-docs-json');
    for (const path of [
      '/v1/referrals/payout-requests',
      '/v1/admin/referrals/{id}/approve',
      '/v1/admin/referrals/{id}/mark-paid',
    ])
      expect(document.paths[path]?.['post']?.responses['403']?.description).toContain('STEP_UP_REQUIRED');
  });
});

const payout = { method: { kind: 'paypal', account: 'elise@example.ca' } };
