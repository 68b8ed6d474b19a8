import type { FastifyInstance } from 'fastify';
import type { FaultSwitches } from '../faults/fault-switches';
import type { SimulatedStripe } from './stripe';
import type { Buyer } from './stripe-checkout';
import { StripeRefusal } from './stripe-errors';
import type { FlushOptions } from './stripe-events';
import type { Complaint } from './stripe-payments';
import type { CardBehaviour } from './stripe-store';

const text = { type: 'string', minLength: 1 };
const body = (properties: object, required: string[] = []): object => ({
  schema: { body: { type: 'object', additionalProperties: false, required, properties } },
});

interface ById {
  Params: { id: string };
}

/** What people, banks and time do to the simulated Stripe. */
export function registerStripeControl(
  app: FastifyInstance,
  stripe: SimulatedStripe,
  faults: FaultSwitches,
): void {
  const { store, events, payments, checkout, time, clock } = stripe;
  app.register(
    async (scope) => {
      scope.setErrorHandler((error, _request, reply) => {
        if (error instanceof StripeRefusal) return reply.code(error.status).send(error.body);
        throw error;
      });

      scope.get('/', () => ({
        webhook: { url: events.url ?? null, paused: events.paused, waiting: events.waiting },
        now: new Date(clock.now(null) * 1000).toISOString(),
        customers: store.customers.all(),
        subscriptions: store.subscriptions.all(),
        sessions: store.sessions.all(),
        charges: store.charges.all(),
        disputes: store.disputes.all(),
      }));

      scope.put<{ Body: { url?: string; paused?: boolean } }>(
        '/webhook',
        body({ url: { type: 'string', pattern: '^https?://' }, paused: { type: 'boolean' } }),
        ({ body: { url, paused } }) => {
          events.url = url ?? events.url;
          events.paused = paused ?? events.paused;
          return { url: events.url ?? null, paused: events.paused, waiting: events.waiting };
        },
      );
      scope.post<{ Body: Partial<FlushOptions> }>(
        '/webhook/flush',
        body({
          order: { enum: ['as-made', 'reversed', 'shuffled'] },
          copies: { type: 'integer', minimum: 1, maximum: 20 },
        }),
        async ({ body: { order = 'as-made', copies = 1 } }) => ({
          sent: await events.flush({ order, copies }, faults.random),
        }),
      );
      scope.post<ById>('/events/:id/resend', async ({ params: { id } }, reply) => {
        await events.resend(store.events.get(id));
        return reply.code(204).send();
      });

      scope.post<ById & { Body: Partial<Buyer> }>(
        '/checkout/:id/pay',
        body({
          outcome: { enum: ['paid', 'declined', 'delayed'] },
          fingerprint: text,
          declinesLater: { type: 'boolean' },
        }),
        ({ params: { id }, body: buyer }) => {
          const session = store.sessions.get(id);
          return { paid: checkout.pay(session, { outcome: 'paid', ...buyer }), session };
        },
      );
      scope.post<ById & { Body: { succeeded: boolean } }>(
        '/checkout/:id/settle',
        body({ succeeded: { type: 'boolean' } }, ['succeeded']),
        ({ params: { id }, body: { succeeded } }) => {
          const session = store.sessions.get(id);
          checkout.settleDelayed(session, succeeded);
          return session;
        },
      );

      scope.post<ById & { Body: { behaviour: CardBehaviour; fingerprint?: string } }>(
        '/customers/:id/card',
        body({ behaviour: { enum: ['succeeds', 'declines'] }, fingerprint: text }, ['behaviour']),
        ({ params: { id }, body: { behaviour, fingerprint } }) => {
          const customer = store.customers.get(id);
          const card = payments.addCard(id, behaviour, fingerprint);
          customer.invoice_settings.default_payment_method = card.id;
          for (const subscription of store.subscriptions.all()) {
            if (subscription.customer === id) subscription.default_payment_method = card.id;
          }
          return card;
        },
      );
      scope.post<ById & { Body: Complaint }>(
        '/charges/:id/dispute',
        body({ reason: text, amount: { type: 'integer', minimum: 1 }, inquiry: { type: 'boolean' } }),
        ({ params: { id }, body: complaint }) => payments.dispute(store.charges.get(id), complaint),
      );
      scope.post<ById>('/disputes/:id/escalate', ({ params: { id } }) =>
        payments.escalate(store.disputes.get(id)),
      );
      scope.post<ById>('/disputes/:id/appeal', ({ params: { id } }) =>
        payments.appeal(store.disputes.get(id)),
      );
      scope.put<{ Body: { wait: boolean } }>(
        '/refunds',
        body({ wait: { type: 'boolean' } }, ['wait']),
        ({ body: { wait } }) => {
          payments.refundsWait = wait;
          return { wait };
        },
      );
      scope.post<ById>('/refunds/:id/settle', ({ params: { id } }) =>
        payments.settleRefund(store.refunds.get(id)),
      );
      scope.post<ById>('/refunds/:id/fail', ({ params: { id } }) =>
        payments.failRefund(store.refunds.get(id)),
      );
      scope.post<ById & { Body: { outcome: 'won' | 'lost' } }>(
        '/disputes/:id/close',
        body({ outcome: { enum: ['won', 'lost'] } }, ['outcome']),
        ({ params: { id }, body: { outcome } }) => payments.closeDispute(store.disputes.get(id), outcome),
      );

      scope.post<{ Body: { advanceSeconds?: number; to?: string; testClock?: string } }>(
        '/clock',
        body({ advanceSeconds: { type: 'integer', minimum: 1 }, to: text, testClock: text }),
        ({ body: { advanceSeconds = 0, to, testClock = null } }) => {
          const seconds = to ? Math.floor(Date.parse(to) / 1000) : clock.now(testClock) + advanceSeconds;
          time.advance(testClock, seconds);
          return { now: new Date(clock.now(testClock) * 1000).toISOString() };
        },
      );
    },
    { prefix: '/control/stripe' },
  );
}
