import { createHmac } from 'node:crypto';
import type { Background } from '../delivery/background';
import type { SignedBody } from '../delivery/outgoing-webhook';
import type { WebhookSender } from '../delivery/webhook-sender';
import type { SeededRandom } from '../faults/seeded-random';
import type { StripeClock } from './stripe-clock';
import { newStripeId, STRIPE_API_VERSION, type StripeEvent, type StripeObject } from './stripe-objects';
import type { StripeStore } from './stripe-store';

const ANSWER_WITHIN_MS = 10_000;
const RETRIES = 3;

export interface FlushOptions {
  order: 'as-made' | 'reversed' | 'shuffled';
  /** Copies of each event. */
  copies: number;
}

/** Tells the webhook endpoint what happened: at once, or held back until somebody lets it out. */
export class StripeEvents {
  url: string | undefined;
  paused = false;
  private held: StripeEvent[] = [];

  constructor(
    private readonly store: StripeStore,
    private readonly clock: StripeClock,
    private readonly secret: string,
    private readonly sender: WebhookSender,
    private readonly background: Background,
  ) {}

  /** @param previous what of the object was different before */
  emit(type: string, object: StripeObject & { customer?: string | null }, previous?: object): void {
    const event: StripeEvent = {
      id: newStripeId('evt'),
      object: 'event',
      api_version: STRIPE_API_VERSION,
      created: this.clock.nowFor(object.object === 'customer' ? object.id : object.customer),
      data: { object: structuredClone(object), ...(previous ? { previous_attributes: previous } : {}) },
      livemode: false,
      pending_webhooks: 1,
      request: { id: null, idempotency_key: null },
      type,
    };
    this.store.events.add(event);
    if (this.paused) this.held.push(event);
    else this.start([event], 1);
  }

  get waiting(): number {
    return this.held.length;
  }

  /** Sends what was held back. Resolves when every copy is settled. */
  async flush({ order, copies }: FlushOptions, random: SeededRandom): Promise<number> {
    const events = this.held;
    this.held = [];
    const all = Array.from({ length: copies }, () => events).flat();
    if (order === 'reversed') all.reverse();
    await this.sendInTurn(order === 'shuffled' ? random.shuffled(all) : all);
    return all.length;
  }

  /** Sends an event again, signed anew, as Stripe's dashboard can. */
  async resend(event: StripeEvent): Promise<void> {
    await this.send(event);
  }

  private start(events: readonly StripeEvent[], copies: number): void {
    const all = Array.from({ length: copies }, () => events).flat();
    this.background.start(
      () => Promise.all(all.map((event) => this.send(event))),
      () => undefined,
    );
  }

  private async sendInTurn(events: readonly StripeEvent[]): Promise<void> {
    for (const event of events) await this.send(event);
  }

  private async send(event: StripeEvent): Promise<void> {
    if (!this.url) return;
    const body = JSON.stringify(event, null, 2);
    await this.sender.send({
      provider: 'stripe',
      callId: event.id,
      kind: event.type,
      url: this.url,
      timeoutMs: ANSWER_WITHIN_MS,
      retries: RETRIES,
      retryOn: 'failure',
      ...signStripe(body, this.secret),
      forge: () => signStripe(body.replaceAll(event.id, newStripeId('evt')), newStripeId('whsec')),
    });
  }
}

/** `t.body` under HMAC-SHA256 with the whole secret; `t` is real time, whatever the simulated one says. */
export function signStripe(body: string, secret: string): SignedBody {
  const timestamp = Math.floor(Date.now() / 1000);
  const signature = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
  return {
    body,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'stripe-signature': `t=${timestamp},v1=${signature}`,
      'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
    },
  };
}
