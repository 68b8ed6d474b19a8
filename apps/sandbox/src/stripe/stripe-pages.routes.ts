import type { FastifyInstance, FastifyReply } from 'fastify';
import { Html, html } from '../overview/html';
import type { SimulatedStripe } from './stripe';
import type { Buyer } from './stripe-checkout';
import { StripeRefusal } from './stripe-errors';
import type { CheckoutSession } from './stripe-objects';
import { hasEnded } from './stripe-subscriptions';

const STYLE = new Html(`
  :root { color-scheme: light dark; }
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 32rem; margin: 3rem auto; padding: 0 1rem; }
  button { font: inherit; padding: .5rem 1rem; margin: .25rem .25rem .25rem 0; }
  .bad { color: light-dark(#b42318, #ff9b8f); } .dim { color: light-dark(#667085, #98a2b3); }
`);

const BUTTONS: readonly { outcome: Buyer['outcome'] | 'cancel'; label: string }[] = [
  { outcome: 'paid', label: 'Pay' },
  { outcome: 'declined', label: 'Pay with a card that is declined' },
  { outcome: 'delayed', label: 'Pay by bank debit (decided later)' },
  { outcome: 'cancel', label: 'Go back' },
];

/** The hosted pages a person is sent to: checkout and the customer portal. */
export function registerStripePages(
  app: FastifyInstance,
  { store, checkout, subscriptions }: SimulatedStripe,
): void {
  app.register(async (scope) => {
    scope.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string' },
      (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(body as string))),
    );
    scope.setErrorHandler((error, _request, reply) => {
      if (error instanceof StripeRefusal)
        return page(reply.code(error.status), html`<p class="bad">${error.message}</p>`);
      throw error;
    });

    scope.get<{ Params: { id: string } }>('/checkout/:id', ({ params: { id } }, reply) =>
      page(reply, checkoutForm(store.sessions.get(id))),
    );
    scope.post<{ Params: { id: string }; Body: { outcome?: string } }>(
      '/checkout/:id',
      async ({ params: { id }, body }, reply) => {
        const session = store.sessions.get(id);
        const outcome = BUTTONS.find((button) => button.outcome === body.outcome)?.outcome ?? 'cancel';
        if (outcome === 'cancel') return leave(reply, session, session.cancel_url);
        if (checkout.pay(session, { outcome })) return leave(reply, session, session.success_url);
        return page(reply.code(402), checkoutForm(session, 'Your card was declined.'));
      },
    );

    scope.get<{ Params: { customer: string }; Querystring: { return?: string } }>(
      '/portal/:customer',
      ({ params, query }, reply) => {
        const customer = store.customers.get(params.customer);
        const own = store.subscriptions.all().filter((one) => one.customer === customer.id && !hasEnded(one));
        const rows = own.map(
          ({ id, status, cancel_at: cancelAt, items }) =>
            html`<form
              method="post"
              action="/portal/${customer.id}?return=${encodeURIComponent(query.return ?? '')}"
            >
              <p>
                ${items.data[0]?.price.lookup_key ?? id}:
                ${status}${cancelAt ? ', ends with this period' : ''}
              </p>
              <input type="hidden" name="subscription" value="${id}" />
              <button name="cancel" value="${cancelAt ? 'false' : 'true'}">
                ${cancelAt ? 'Keep it' : 'Cancel'}
              </button>
            </form>`,
        );
        const back = query.return?.match(/^https?:\/\//)
          ? html`<p><a href="${query.return}">Back</a></p>`
          : null;
        return page(
          reply,
          html`<h1>${customer.email ?? customer.id}</h1>
            ${rows}${back}`,
        );
      },
    );
    scope.post<{
      Params: { customer: string };
      Body: { subscription?: string; cancel?: string };
      Querystring: { return?: string };
    }>('/portal/:customer', async ({ params, body, query }, reply) => {
      const subscription = store.subscriptions.get(body.subscription ?? '');
      if (subscription.customer === params.customer) {
        // The portal sets `cancel_at` and leaves the flag alone.
        const end = subscription.items.data[0]?.current_period_end ?? null;
        subscriptions.update(subscription, { cancelAt: body.cancel === 'true' ? end : null });
      }
      return reply.redirect(
        `/portal/${params.customer}?return=${encodeURIComponent(query.return ?? '')}`,
        303,
      );
    });
  });
}

function checkoutForm(session: CheckoutSession, problem?: string): Html {
  const { id, status, amount_total: total, currency, mode } = session;
  if (status !== 'open')
    return html`<h1>Checkout</h1>
      <p class="dim">This session is ${status}.</p>`;
  const amount = `${(total / 100).toFixed(2)} ${currency.toUpperCase()}`;
  return html`<h1>${amount}${mode === 'subscription' ? ', and again every period' : ''}</h1>
    <p class="dim">A simulated Stripe: no money moves.</p>
    ${problem ? html`<p class="bad">${problem}</p>` : null}
    <form method="post" action="/checkout/${id}">
      ${BUTTONS.map(({ outcome, label }) => html`<button name="outcome" value="${outcome}">${label}</button>`)}
    </form>`;
}

function leave(reply: FastifyReply, session: CheckoutSession, url: string | null): FastifyReply {
  if (!url) return page(reply, html`<h1>Thank you</h1>`);
  return reply.redirect(url.replaceAll('{CHECKOUT_SESSION_ID}', session.id), 303);
}

function page(reply: FastifyReply, content: Html): FastifyReply {
  const document = html`<html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>Sandbox Stripe</title>
      <style>
        ${STYLE}
      </style>
    </head>
    <body>
      ${content}
    </body>
  </html>`;
  return reply.type('text/html; charset=utf-8').send(`<!doctype html>${document.markup}`);
}
