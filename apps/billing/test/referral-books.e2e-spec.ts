import {
  AppError,
  approvePayout,
  listOwnPayouts,
  markPayoutPaid,
  newId,
  type PaymentDisputedV1,
  type PaymentRefundedV1,
  type PaymentSucceededV1,
  rejectPayout,
  verifyLedger,
} from '@parley/contracts';
import { type TestDatabase } from '@parley/testing';
import fc from 'fast-check';
import { aPerson, daysAgo, type Person, ReferralWorld } from './referral-world';
import { billingDatabase, Replica } from './running-billing';

/** What happens to one invoice of a plan. */
interface Story {
  amountCents: number;
  refunds: { percent: number; fails: boolean }[];
  dispute: 'none' | 'opened' | 'won' | 'lost';
}

const story: fc.Arbitrary<Story> = fc.record({
  amountCents: fc.integer({ min: 1, max: 200_000 }),
  refunds: fc.array(fc.record({ percent: fc.integer({ min: 1, max: 100 }), fails: fc.boolean() }), {
    maxLength: 3,
  }),
  dispute: fc.constantFrom('none', 'opened', 'won', 'lost'),
});

type News = (referred: Person) => Promise<unknown>;

describe('the books of referrals', () => {
  let database: TestDatabase;
  let billing: Replica;
  let world: ReferralWorld;

  beforeAll(async () => {
    database = await billingDatabase();
    billing = await Replica.start(database);
    world = new ReferralWorld(billing, database);
  });
  afterAll(async () => {
    await billing?.close();
    await database?.remove();
  });

  /** Everything that is told of the invoices, in the order of the world. */
  const newsOf = (stories: readonly Story[]): News[] =>
    stories.flatMap(({ amountCents, refunds, dispute }, month) => {
      const payment: PaymentSucceededV1 = {
        paymentId: newId(),
        kind: 'subscription',
        amountCents,
        currency: 'USD',
        firstPayment: month === 0,
        occurredAt: daysAgo(600 - 150 * month),
      };
      const disputed: Pick<PaymentDisputedV1, 'disputeId'> = { disputeId: newId() };
      const news: News[] = [(referred) => world.pay(referred, payment)];
      for (const { percent, fails } of refunds) {
        const refund: Pick<PaymentRefundedV1, 'refundId' | 'amountCents'> = {
          refundId: newId(),
          amountCents: Math.ceil((amountCents * percent) / 100),
        };
        news.push((referred) => world.refund(referred, payment, refund));
        if (fails)
          news.push((referred) =>
            world.refund(referred, payment, { ...refund, amountCents: -refund.amountCents }),
          );
      }
      if (dispute !== 'none')
        news.push((referred) => world.dispute(referred, payment, { ...disputed, status: 'opened' }));
      if (dispute === 'won' || dispute === 'lost')
        news.push((referred) => world.dispute(referred, payment, { ...disputed, status: dispute }));
      return news;
    });

  it('end the same whatever order news come in, however often, however many at once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(story, { minLength: 1, maxLength: 4 }),
        fc.infiniteStream(fc.integer({ min: 0, max: 1_000_000 })),
        async (stories, random) => {
          const inOrder = aPerson();
          const one = aPerson();
          await world.refer(inOrder, one);
          for (const tell of newsOf(stories)) await tell(one);

          const shuffled = aPerson();
          const other = aPerson();
          const once = newsOf(stories);
          const news = [...once, ...once]
            .map((tell) => ({ tell, key: random.next().value }))
            .sort((a, b) => a.key - b.key);
          const half = Math.floor(news.length / 2);
          const recorded = Math.floor(half / 2);
          for (const { tell } of news.slice(0, recorded)) await tell(other);
          await world.refer(shuffled, other);
          for (const { tell } of news.slice(recorded, half)) await tell(other);
          await Promise.all(news.slice(half).map(({ tell }) => tell(other)));
          await world.settle(other.tenantId);

          for (const referrer of [inOrder, shuffled]) await world.passHold(referrer);
          const expected = await world.expectBooksToAgree(inOrder);
          expect(await world.expectBooksToAgree(shuffled)).toEqual(expected);
        },
      ),
      { numRuns: 12 },
    );
  });

  const act = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('pay' as const),
        cents: fc.integer({ min: 1, max: 300_000 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('refund' as const),
        of: fc.nat({ max: 9 }),
        percent: fc.integer({ min: 1, max: 100 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('dispute' as const),
        of: fc.nat({ max: 9 }),
        status: fc.constantFrom('opened' as const, 'won' as const, 'lost' as const),
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('release' as const) }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('request' as const) }) },
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('decide' as const),
        how: fc.constantFrom(
          'approve' as const,
          'approve' as const,
          'paid' as const,
          'paid' as const,
          'reject' as const,
        ),
      }),
    },
  );

  it('sum to zero and never pay out more than was earned, whatever people and Stripe do at once', async () => {
    let paidOut = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(act, { minLength: 1, maxLength: 4 }), { minLength: 6, maxLength: 14 }),
        async (rounds) => {
          const referrer = aPerson();
          const referred = aPerson();
          await world.refer(referrer, referred);
          const payments: PaymentSucceededV1[] = [await world.pay(referred, { amountCents: 60_000 })];
          const disputes = new Map<string, string>();

          const run = async (step: (typeof rounds)[number][number]): Promise<void> => {
            const payment = 'of' in step ? payments[step.of % payments.length] : undefined;
            if (step.kind === 'pay') payments.push(await world.pay(referred, { amountCents: step.cents }));
            if (step.kind === 'refund' && payment)
              await world.refund(referred, payment, {
                amountCents: Math.ceil((payment.amountCents * step.percent) / 100),
              });
            if (step.kind === 'dispute' && payment) {
              const disputeId = disputes.get(payment.paymentId) ?? newId();
              disputes.set(payment.paymentId, disputeId);
              await world.dispute(referred, payment, { disputeId, status: step.status });
            }
            if (step.kind === 'release') await world.passHold(referrer);
            if (step.kind === 'request') await world.payOut(referrer);
            if (step.kind === 'decide') {
              const id = (await world.as(referrer, listOwnPayouts, { limit: 1 })).data[0]?.id;
              if (id && step.how === 'approve') await billing.askAsPlatform(approvePayout, { id });
              if (id && step.how === 'reject')
                await billing.askAsPlatform(rejectPayout, { id, reason: 'No' });
              if (id && step.how === 'paid')
                await billing.askAsPlatform(markPayoutPaid, { id, reference: 'T' });
            }
          };
          for (const round of rounds) {
            for (const outcome of await Promise.allSettled(round.map(run)))
              if (outcome.status === 'rejected') expect(refusalOf(outcome.reason)).toBeLessThan(500);
            const { paidCents } = await world.expectBooksToAgree(referrer);
            paidOut += paidCents;
          }
          expect(await leftAfterPayouts(referrer)).toEqual([]);
        },
      ),
      {
        numRuns: 12,
        examples: [
          [
            [
              [{ kind: 'release' }],
              [{ kind: 'request' }],
              [{ kind: 'decide', how: 'approve' }],
              [{ kind: 'decide', how: 'paid' }],
            ],
          ],
        ],
      },
    );
    expect(paidOut).toBeGreaterThan(0);
    expect(await billing.askAsPlatform(verifyLedger, {})).toMatchObject({
      sound: true,
      unbalanced: 0,
      gaps: 0,
    });
  });

  /** The status of a refusal; anything else is no refusal. */
  const refusalOf = (reason: unknown): number => (reason instanceof AppError ? reason.status : 500);

  /** Payouts after which less than nothing was available: they paid what was not earned. */
  async function leftAfterPayouts({ tenantId }: Person): Promise<object[]> {
    return database.query(
      `SELECT * FROM (
         SELECT t.natural_key AS key, sum(coalesce(e.amount, 0)) OVER (ORDER BY t.number) AS available
         FROM billing.ledger_transactions t
         LEFT JOIN billing.ledger_entries e ON e.transaction_id = t.id AND e.account_id = (
           SELECT id FROM billing.ledger_accounts WHERE tenant_id = $1 AND code = 'money:USD:referral_available')
         WHERE t.tenant_id = $1) history
       WHERE key LIKE 'payout:%:paid' AND available < 0`,
      [tenantId],
    );
  }
});
