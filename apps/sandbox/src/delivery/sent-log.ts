import type { SentWebhook } from './outgoing-webhook';

const KEPT = 20_000;

/** What was sent, oldest first; the oldest go when it is full. */
export class SentLog {
  private entries: SentWebhook[] = [];

  add(entry: SentWebhook): void {
    this.entries.push(entry);
    if (this.entries.length > KEPT * 1.1) this.entries = this.entries.slice(-KEPT);
  }

  find(callId?: string): SentWebhook[] {
    return callId === undefined ? [...this.entries] : this.entries.filter((entry) => entry.callId === callId);
  }

  clear(): void {
    this.entries = [];
  }
}
