import { objectIn, verifyN8n } from './n8n-signature';
import { verifyStandard } from './standard-signature';

export const RECEIVER_SCHEMES = ['standard', 'n8n', 'none'] as const;
export type ReceiverScheme = (typeof RECEIVER_SCHEMES)[number];

export interface RespondWith {
  status?: number;
  headers?: Record<string, string>;
  delayMs?: number;
  /** Statuses of the next requests, one each; `status` (or 200) afterwards. */
  sequence?: number[];
}

export interface Receiver {
  path: string;
  scheme: ReceiverScheme;
  secret: string;
  respondWith: RespondWith;
}

export interface ReceivedWebhook {
  receivedAt: string;
  path: string;
  /** `webhook-id`, else `eventId` or `id` of the body. */
  eventId: string | null;
  /** How many requests with this event id the path has received so far, this one included. */
  delivery: number;
  /** Whether the signature of the registered scheme holds; null for scheme `none`, where nothing is checked. */
  verified: boolean | null;
  answered: number;
  headers: Record<string, string>;
  body: string;
}

const KEPT = 20_000;

/** Registered webhook addresses and what arrived at them. */
export class Receivers {
  private readonly registered = new Map<string, Receiver>();
  private received: ReceivedWebhook[] = [];
  private readonly deliveries = new Map<string, number>();

  register(receiver: Receiver): void {
    this.registered.set(receiver.path, receiver);
  }

  find(path: string): Receiver | undefined {
    return this.registered.get(path);
  }

  list(): Receiver[] {
    return [...this.registered.values()];
  }

  take(receiver: Receiver, headers: Record<string, string>, body: string): ReceivedWebhook {
    const { path, respondWith } = receiver;
    const eventId = eventIdOf(headers, body);
    const entry: ReceivedWebhook = {
      receivedAt: new Date().toISOString(),
      path,
      eventId,
      delivery: this.countDelivery(path, eventId),
      verified: verdictOf(receiver, headers, body),
      answered: respondWith.sequence?.shift() ?? respondWith.status ?? 200,
      headers,
      body,
    };
    this.received.push(entry);
    if (this.received.length > KEPT * 1.1) this.received = this.received.slice(-KEPT);
    return entry;
  }

  receivedAt(path?: string): ReceivedWebhook[] {
    return path === undefined ? [...this.received] : this.received.filter((entry) => entry.path === path);
  }

  /** Requests per event id, over everything received since the start or the last clearing. */
  countsByEventId(path?: string): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const [key, count] of this.deliveries) {
      const [at = '', eventId = ''] = key.split('\n', 2);
      if (path === undefined || at === path) counts[eventId] = (counts[eventId] ?? 0) + count;
    }
    return counts;
  }

  clear(): void {
    this.received = [];
    this.deliveries.clear();
  }

  private countDelivery(path: string, eventId: string | null): number {
    if (eventId === null) return 1;
    const key = `${path}\n${eventId}`;
    const count = (this.deliveries.get(key) ?? 0) + 1;
    this.deliveries.set(key, count);
    return count;
  }
}

function verdictOf(
  { scheme, secret }: Receiver,
  headers: Record<string, string>,
  body: string,
): boolean | null {
  switch (scheme) {
    case 'none':
      return null;
    case 'standard':
      return verifyStandard(secret, body, headers);
    case 'n8n':
      return verifyN8n(secret, body, headers['x-webhook-signature']);
  }
}

function eventIdOf(headers: Record<string, string>, body: string): string | null {
  const sent = objectIn(body);
  const id = headers['webhook-id'] ?? sent?.['eventId'] ?? sent?.['id'];
  return typeof id === 'string' ? id : null;
}
