import { setTimeout as pause } from 'node:timers/promises';
import type { FaultSwitches } from '../faults/fault-switches';
import type { OutgoingWebhook, SentWebhook, SignedBody, WebhookAnswer } from './outgoing-webhook';
import type { SentLog } from './sent-log';

interface Copy extends SignedBody {
  copy: number;
  forged: boolean;
  dropped: boolean;
  delayMs: number;
}

const UNANSWERED: WebhookAnswer = { status: null, contentType: '', body: '' };
const ANSWER_KEPT = 2_000;

/** Sends webhooks as a provider would, with the faults that are switched on, and writes down every request. */
export class WebhookSender {
  private readonly stopping = new AbortController();

  constructor(
    private readonly faults: FaultSwitches,
    private readonly log: SentLog,
  ) {}

  /** The order in which the webhooks of one call leave. */
  arrange<T>(webhooks: readonly T[]): T[] {
    return this.faults.current.reorder ? this.faults.random.shuffled(webhooks) : [...webhooks];
  }

  /** Resolves when every copy is settled, with the answer to the first genuine copy. */
  async send(webhook: OutgoingWebhook): Promise<WebhookAnswer> {
    const answers = await Promise.all(this.copiesOf(webhook).map((copy) => this.deliver(webhook, copy)));
    return answers[0] ?? UNANSWERED;
  }

  /** Gives up what is still on its way. */
  stop(): void {
    this.stopping.abort();
  }

  private copiesOf(webhook: OutgoingWebhook): Copy[] {
    const { duplicate, delayMs, jitterMs, drop, forge } = this.faults.current;
    const random = this.faults.random;
    const delayed = (): number => delayMs + Math.floor(random.next() * jitterMs);
    const dropped = random.chance(drop);
    const copies: Copy[] = Array.from({ length: dropped ? 1 : 1 + duplicate }, (_, copy) => ({
      body: webhook.body,
      headers: webhook.headers,
      copy,
      forged: false,
      dropped,
      delayMs: delayed(),
    }));
    if (random.chance(forge)) {
      copies.push({ ...webhook.forge(), copy: 0, forged: true, dropped: false, delayMs: delayed() });
    }
    return copies;
  }

  private async deliver(webhook: OutgoingWebhook, copy: Copy): Promise<WebhookAnswer> {
    if (copy.dropped) {
      this.log.add(entryOf(webhook, copy, 1, Date.now(), UNANSWERED));
      return UNANSWERED;
    }
    const attempts = copy.forged ? 1 : 1 + webhook.retries;
    let answer = UNANSWERED;
    for (let attempt = 1; attempt <= attempts && !this.stopping.signal.aborted; attempt += 1) {
      if (copy.delayMs > 0) await this.wait(copy.delayMs);
      answer = await this.post(webhook, copy, attempt);
      if (answer.status !== null && (isSuccess(answer.status) || webhook.retryOn === 'connection')) break;
    }
    return answer;
  }

  private async wait(delayMs: number): Promise<void> {
    await pause(delayMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }

  private async post(webhook: OutgoingWebhook, copy: Copy, attempt: number): Promise<WebhookAnswer> {
    const startedAt = Date.now();
    try {
      const response = await fetch(webhook.url, {
        method: 'POST',
        headers: copy.headers,
        body: copy.body,
        redirect: 'manual',
        signal: AbortSignal.any([AbortSignal.timeout(webhook.timeoutMs), this.stopping.signal]),
      });
      const answer = {
        status: response.status,
        contentType: response.headers.get('content-type') ?? '',
        body: await response.text(),
      };
      this.log.add(entryOf(webhook, copy, attempt, startedAt, answer));
      return answer;
    } catch (error) {
      this.log.add({ ...entryOf(webhook, copy, attempt, startedAt, UNANSWERED), error: reasonOf(error) });
      return UNANSWERED;
    }
  }
}

function entryOf(
  webhook: OutgoingWebhook,
  { copy, forged, dropped }: Copy,
  attempt: number,
  startedAt: number,
  answer: WebhookAnswer,
): SentWebhook {
  return {
    sentAt: new Date(startedAt).toISOString(),
    provider: webhook.provider,
    callId: webhook.callId,
    kind: webhook.kind,
    url: webhook.url,
    attempt,
    copy,
    forged,
    dropped,
    status: answer.status,
    durationMs: Date.now() - startedAt,
    answer: answer.body.slice(0, ANSWER_KEPT),
  };
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

/** undici says "fetch failed" and hides what happened in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return `${error.name}: ${error.message}${cause}`;
}
