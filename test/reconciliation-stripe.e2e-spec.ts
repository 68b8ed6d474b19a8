import { buyCredits, type CheckoutSessionResponse, getCredits, newId, verifyLedger } from '@parley/contracts';
import Stripe from 'stripe';
import { ReconciliationDesk } from './support/reconciliation-desk';

/** Nothing that happens at Stripe is told: everything has to be found. */
describe('reconciliation with Stripe', () => {
  let desk: ReconciliationDesk;
  let stripe: Stripe;

  beforeAll(async () => {
    desk = await ReconciliationDesk.start({ RECONCILIATION_GRACE_MINUTES: '0', STRIPE_MAX_RETRIES: '0' });
    const { hostname: host, port } = new URL(desk.sandbox.url);
    stripe = new Stripe('sandbox', { host, port, protocol: 'http', telemetry: false, maxNetworkRetries: 0 });
  });
  afterAll(() => desk?.close());

  async function pay({ sessionId }: CheckoutSessionResponse): Promise<string> {
    const answer = await fetch(`${desk.sandbox.url}/control/stripe/checkout/${sessionId}/pay`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    expect(answer.ok).toBe(true);
    const { payment_intent: payment } = await stripe.checkout.sessions.retrieve(sessionId);
    return String(payment);
  }
  /** Stripe's clock has seconds: what happens within one is looked at in the next. */
  const nextSecond = () => new Promise((resolve) => setTimeout(resolve, 1_050 - (Date.now() % 1_000)));
  const reconcile = async () => {
    await nextSecond();
    const { run, items } = await desk.reconcile();
    return {
      run,
      found: items.map(({ kind, subject, found, expected, outcome }) => ({
        kind,
        subject,
        found,
        expected,
        outcome,
      })),
    };
  };
  const credits = async (tenantId: string) => (await desk.ask(tenantId, getCredits, {})).balance;
  const aPurchase = async (tenantId: string) =>
    pay(await desk.ask(tenantId, buyCredits, { packCode: 'credits_100' }));

  it('takes over payments that nobody told of, once', async () => {
    const tenantId = await desk.aTenant();
    const before = await credits(tenantId);
    const payment = await aPurchase(tenantId);
    const { amount } = await stripe.paymentIntents.retrieve(payment);
    expect(await credits(tenantId)).toBe(before);

    const first = await reconcile();

    expect(first.found).toEqual([
      {
        kind: 'payment_missing',
        subject: `stripe:${payment}`,
        found: 0,
        expected: amount,
        outcome: 'repaired',
      },
    ]);
    expect(first.run.paymentsChecked).toBeGreaterThanOrEqual(1);
    expect(await credits(tenantId)).toBe(before + 100);
    expect((await reconcile()).found).toEqual([]);
    expect(await credits(tenantId)).toBe(before + 100);
  });

  it('takes over refunds that nobody told of', async () => {
    const tenantId = await desk.aTenant();
    const before = await credits(tenantId);
    const payment = await aPurchase(tenantId);
    await reconcile();
    const { amount } = await stripe.refunds.create({ payment_intent: payment });

    const { found } = await reconcile();

    expect(found).toEqual([
      {
        kind: 'payment_missing',
        subject: `stripe:${payment}`,
        found: amount,
        expected: 0,
        outcome: 'repaired',
      },
    ]);
    expect(await credits(tenantId)).toBe(before);
    expect((await reconcile()).found).toEqual([]);
  });

  it('only tells of money in the ledger that Stripe does not have', async () => {
    const tenantId = await desk.aTenant();
    const payment = await aPurchase(tenantId);
    await reconcile();
    const { amount } = await stripe.paymentIntents.retrieve(payment);
    await forge(tenantId, payment, 77);

    const wrong = { kind: 'cash_mismatch', subject: `stripe:${payment}`, outcome: 'alerted' };
    const { found } = await reconcile();

    expect(found).toEqual([{ ...wrong, found: amount + 77, expected: amount }]);
    await reconcile();
    const keys = desk.alerts.filter(({ kind }) => kind === 'reconciliation_cash_mismatch');
    expect(new Set(keys.map(({ dedupeKey }) => dedupeKey)).size).toBe(1);
  });

  it('leaves every transaction balanced', async () => {
    await expect(desk.askAsPlatform(verifyLedger, {})).resolves.toMatchObject({ unbalanced: 0 });
  });

  /** A posting that nobody made in the right way, beside those of the payment. */
  async function forge(tenantId: string, payment: string, cents: number): Promise<void> {
    const id = newId();
    await desk.database.query(
      `WITH book AS (UPDATE billing.tenant_books SET postings = postings + 1 WHERE tenant_id = $2 RETURNING postings),
       posted AS (INSERT INTO billing.ledger_transactions (id, tenant_id, number, kind, natural_key, description, reference,
           occurred_at)
         SELECT $1, $2, postings, 'payment', 'forged', 'forged',
           (SELECT id::text FROM billing.payments WHERE stripe_payment_id = $3), now() FROM book)
       INSERT INTO billing.ledger_entries (transaction_id, account_id, tenant_id, amount)
       SELECT $1, id, $2, CASE code WHEN 'money:USD:stripe' THEN $4::bigint ELSE -$4::bigint END
       FROM billing.ledger_accounts WHERE tenant_id = $2 AND code IN ('money:USD:stripe', 'money:USD:revenue')`,
      [id, tenantId, payment, cents],
    );
  }
});
