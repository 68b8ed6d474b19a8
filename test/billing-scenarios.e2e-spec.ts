import {
  type CheckoutSessionResponse,
  type CreditBalance,
  newId,
  type PaymentPage,
  type PayoutResponse,
  type ReferralCodeResponse,
  type ReferralPage,
  type ReferralStats,
  runAs,
  type SubscriptionsResponse,
  type UsageResponse,
  verifyLedger,
} from '@parley/contracts';
import { eventually } from '@parley/testing';
import { Releases } from '../apps/billing/src/referrals/releases.service';
import { type Member, TestPlatform } from './support/platform';

const LINE = '+14185550120';
const PAYOUT = { method: { kind: 'paypal', account: 'elise@example.ca' } };
/** Commission of the first invoice: 2,500 and a tenth of 14,900. */
const EARNED = 3_990;

/** What every screen shows, and what Stripe has. */
interface Screens {
  credits: number;
  voice: { included: number | null; topup: number; used: number; remaining: number | null };
  plan: string | undefined;
  payments: string[];
  referral: Pick<
    ReferralStats,
    'earnedCents' | 'availableCents' | 'paidCents' | 'clawedBackCents' | 'heldCents'
  >;
  cashCents: number;
}

/** Stripe's events one by one as they are made, or held back, doubled and shuffled. */
type Delivery = 'in order' | 'doubled and shuffled';

/** One company's life, from a referral to a lost dispute, over HTTP and at the simulated Stripe. */
class Scenario {
  private admin: Member;
  private referrer: Member;
  private company: Member;
  private calls = 0;

  private constructor(
    private readonly platform: TestPlatform,
    private readonly delivery: Delivery,
  ) {}

  static async start(delivery: Delivery): Promise<Scenario> {
    const platform = await TestPlatform.start({
      CHECKOUT_ORIGINS: 'https://app.parley.test',
      APP_URL: 'https://app.parley.test',
      RATE_LIMIT_AUTH: '100000',
    });
    const scenario = new Scenario(platform, delivery);
    scenario.admin = await platform.signUpAdmin();
    await scenario.ask(scenario.admin, 'PUT', '/v1/admin/referral-settings', { minPayoutCents: 2_000 });
    scenario.referrer = await platform.signUp('Referrer');
    const { code } = await scenario.ask<ReferralCodeResponse>(scenario.referrer, 'GET', '/v1/referrals/code');
    scenario.company = await platform.signUp('Company', { referralCode: code });
    await platform.arrangeLines(scenario.company, {
      vapi: LINE,
      twilio: '+14185550121',
      accountSid: `AC${'b'.repeat(32)}`,
    });
    return scenario;
  }

  close(): Promise<void> {
    return this.platform.close();
  }

  async buy(path: string, body: object): Promise<void> {
    const { sessionId } = await this.ask<CheckoutSessionResponse>(
      this.company,
      'POST',
      `/v1/billing/${path}`,
      body,
    );
    await this.atStripe(() =>
      this.control('POST', `/checkout/${sessionId}/pay`, { fingerprint: 'of-the-company' }),
    );
  }

  /** A call at the simulated Vapi, told by its webhooks. */
  async call(minutes: number): Promise<void> {
    const response = await fetch(`${this.platform.sandbox.url}/control/vapi/calls`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        webhookUrl: `${this.platform.url}/v1/webhooks/vapi`,
        from: '+15145550142',
        to: LINE,
        durationSeconds: minutes * 60,
      }),
    });
    expect(response.status).toBe(201);
    this.calls += 1;
  }

  async payOut(): Promise<void> {
    await this.platform.database.query(
      `UPDATE billing.referral_commissions SET available_at = now() - interval '1 second'`,
    );
    await this.platform.get<{ run(): Promise<void> }>('billing', Releases).run();
    const asked = await eventually(
      () => this.ask<PayoutResponse>(this.referrer, 'POST', '/v1/referrals/payout-requests', PAYOUT),
      20_000,
    );
    const { data } = await this.ask<PageOf<typeof ReferralPage>>(this.referrer, 'GET', '/v1/referrals');
    await this.ask(this.admin, 'POST', `/v1/admin/referrals/${data[0]?.id}/approve`);
    await this.ask(this.admin, 'POST', `/v1/admin/referrals/${asked.id}/mark-paid`, { reference: 'T-1' });
  }

  async refund(amountCents: number): Promise<void> {
    const payment = await this.subscriptionPayment();
    await this.atStripe(() =>
      this.ask(this.admin, 'POST', `/v1/admin/payments/${payment}/refunds`, {
        amountCents,
        reason: 'Goodwill',
      }),
    );
  }

  async loseDispute(): Promise<void> {
    const [first] = (await this.stripe()).charges;
    const dispute = await this.atStripe(() =>
      this.control<{ id: string }>('POST', `/charges/${first?.id}/dispute`, { reason: 'fraudulent' }),
    );
    await this.atStripe(() => this.control('POST', `/disputes/${dispute.id}/close`, { outcome: 'lost' }));
  }

  /** Waits until every screen says so, and proves that the books agree with themselves and with Stripe. */
  async shows(expected: PartialScreens): Promise<Screens> {
    const screens = await eventually(async () => {
      const seen = await this.screens();
      expect(seen).toMatchObject(expected);
      return seen;
    }, 45_000);
    const { balance } = await this.platform.database
      .query<{ balance: string }>(
        `SELECT coalesce(sum(amount), 0)::text AS balance FROM billing.ledger_entries e
         JOIN billing.ledger_accounts a ON a.id = e.account_id WHERE e.tenant_id = $1 AND a.code = 'credits:wallet'`,
        [this.company.tenantId],
      )
      .then(([row]) => row ?? { balance: '0' });
    expect(Number(balance)).toBe(screens.credits);
    expect(screens.cashCents).toBe(await this.centsAtStripe());
    const sound = await runAs(
      { requestId: newId(), userId: newId(), roles: ['super_admin'], locale: 'en' },
      () => this.platform.rpc.call(verifyLedger, {}),
    );
    expect(sound).toMatchObject({ sound: true, unbalanced: 0 });
    return screens;
  }

  private async screens(): Promise<Screens> {
    const get = <Body>(path: string, who = this.company) => this.ask<Body>(who, 'GET', path);
    const { balance } = await get<CreditBalance>('/v1/billing/credits');
    const { meters } = await get<UsageResponse>('/v1/billing/usage');
    const { subscriptions } = await get<SubscriptionsResponse>('/v1/billing/subscription');
    const { data } = await get<PageOf<typeof PaymentPage>>('/v1/billing/payments');
    const stats = await get<ReferralStats>('/v1/referrals/stats', this.referrer);
    const voice = meters.find(({ meter }) => meter === 'voice_minutes');
    const { earnedCents, availableCents, paidCents, clawedBackCents, heldCents } = stats;
    const [cash] = await this.platform.database.query<{ cents: string }>(
      `SELECT coalesce(sum(amount), 0)::text AS cents FROM billing.ledger_entries e
       JOIN billing.ledger_accounts a ON a.id = e.account_id WHERE e.tenant_id = $1 AND a.code = 'money:USD:stripe'`,
      [this.company.tenantId],
    );
    return {
      credits: balance,
      voice: {
        included: voice?.included ?? null,
        topup: voice?.topup ?? 0,
        used: voice?.used ?? 0,
        remaining: voice?.remaining ?? null,
      },
      plan: subscriptions[0] && `${subscriptions[0].plan} ${subscriptions[0].status}`,
      payments: data
        .map(
          ({ kind, amountCents, refundedCents, status }) =>
            `${kind} ${amountCents} -${refundedCents} ${status}`,
        )
        .sort(),
      referral: { earnedCents, availableCents, paidCents, clawedBackCents, heldCents },
      cashCents: Number(cash?.cents ?? 0),
    };
  }

  private async subscriptionPayment(): Promise<string> {
    const { data } = await this.ask<PageOf<typeof PaymentPage>>(this.company, 'GET', '/v1/billing/payments');
    const payment = data.find(({ kind }) => kind === 'subscription');
    if (!payment) throw new Error('nothing was paid for the subscription');
    return payment.id;
  }

  private async centsAtStripe(): Promise<number> {
    const { charges, disputes } = await this.stripe();
    const kept = charges
      .filter(({ paid }) => paid)
      .reduce((sum, { amount, amount_refunded: back }) => sum + amount - back, 0);
    const withdrawn = disputes
      .filter(({ status }) => status !== 'won')
      .reduce((sum, { amount }) => sum + amount, 0);
    return kept - withdrawn;
  }

  private stripe(): Promise<AtStripe> {
    return this.control<AtStripe>('GET', '');
  }

  /** What happens at Stripe is told as this scenario's delivery has it. */
  private async atStripe<T>(act: () => Promise<T>): Promise<T> {
    if (this.delivery === 'in order') return act();
    await this.control('PUT', '/webhook', { paused: true });
    const done = await act();
    await this.control('POST', '/webhook/flush', { order: 'shuffled', copies: 2 });
    await this.control('PUT', '/webhook', { paused: false });
    return done;
  }

  private async ask<Body>(who: Member, method: string, path: string, body?: unknown): Promise<Body> {
    const answer = await this.platform.call<Body>(method, path, { token: who.accessToken, body });
    expect([path, answer.status < 300 ? 'ok' : answer.body]).toEqual([path, 'ok']);
    return answer.body;
  }

  private async control<T = unknown>(method: string, path: string, body?: object): Promise<T> {
    const response = await fetch(`${this.platform.sandbox.url}/control/stripe${path}`, {
      method,
      ...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}),
    });
    if (!response.ok) throw new Error(await response.text());
    return (response.status === 204 ? undefined : await response.json()) as T;
  }
}

interface AtStripe {
  charges: { id: string; paid: boolean; amount: number; amount_refunded: number }[];
  disputes: { amount: number; status: string }[];
}

type PageOf<T extends abstract new () => object> = InstanceType<T>;
type PartialScreens = { [K in keyof Screens]?: Screens[K] extends object ? Partial<Screens[K]> : Screens[K] };

const ends = new Map<Delivery, Screens>();

describe.each<Delivery>(['in order', 'doubled and shuffled'])(
  'a company, Stripe telling it %s',
  (delivery) => {
    let scenario: Scenario;
    beforeAll(async () => {
      scenario = await Scenario.start(delivery);
    });
    afterAll(() => scenario?.close());

    it('begins with free credits', async () => {
      await scenario.shows({ credits: 15, payments: [], cashCents: 0, referral: { earnedCents: 0 } });
    });

    it('subscribes, and its referrer earns', async () => {
      await scenario.buy('checkout-sessions', { priceCode: 'voice.core' });
      await scenario.shows({
        plan: 'voice.core active',
        voice: { included: 150, used: 0 },
        payments: ['subscription 14900 -0 succeeded'],
        referral: { earnedCents: EARNED },
        cashCents: 14_900,
      });
    });

    it('buys minutes and credits', async () => {
      await scenario.buy('topups', { packCode: 'minutes_300' });
      await scenario.buy('credit-purchases', { packCode: 'credits_100' });
      await scenario.shows({
        credits: 115,
        voice: { included: 150, topup: 300, used: 0 },
        cashCents: 35_900,
      });
    });

    it('talks its allowance away first, then the top-up, then credits', async () => {
      await scenario.call(100);
      await scenario.shows({ credits: 115, voice: { used: 100, remaining: 465 } });
      await scenario.call(200);
      await scenario.shows({ credits: 115, voice: { used: 300, remaining: 265 } });
      await scenario.call(160);
      await scenario.shows({ credits: 105, voice: { used: 460, remaining: 105 } });
    });

    it('pays its referrer out', async () => {
      await scenario.payOut();
      await scenario.shows({ referral: { paidCents: EARNED, availableCents: 0 } });
    });

    it('is refunded in part, which takes back a part of the commission', async () => {
      await scenario.refund(4_900);
      const { referral } = await scenario.shows({
        payments: [
          'credits 1500 -0 succeeded',
          'subscription 14900 -4900 partially_refunded',
          'topup 19500 -0 succeeded',
        ],
        cashCents: 31_000,
      });
      expect(referral.clawedBackCents).toBe(EARNED - Math.floor((EARNED * 10_000) / 14_900));
      expect(referral.availableCents).toBe(-referral.clawedBackCents);
    });

    it('disputes the rest and wins it from us: everything earned by it is gone', async () => {
      await scenario.loseDispute();
      const end = await scenario.shows({
        plan: undefined,
        voice: { included: 0, topup: 0, used: 0 },
        payments: [
          'credits 1500 -0 succeeded',
          'subscription 14900 -4900 disputed',
          'topup 19500 -0 succeeded',
        ],
        cashCents: 21_000,
        referral: { paidCents: EARNED, clawedBackCents: EARNED, availableCents: -EARNED, heldCents: 0 },
      });
      ends.set(delivery, end);
    });
  },
);

it('ends the same however Stripe told it', () => {
  expect(ends.get('doubled and shuffled')).toEqual(ends.get('in order'));
});
