import type { JournalStatus, WebhookProvider } from '@parley/contracts';

/** A webhook to be written down. */
export interface NewJournalRow {
  readonly id: string;
  readonly provider: WebhookProvider;
  readonly kind: string;
  readonly subject: string | null;
  readonly tenantId: string | null;
  readonly connectionId: string;
  readonly dedupeKey: string;
  readonly path: string;
  readonly contentType: string;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: Buffer;
  readonly verifiedBy: string;
  readonly status: Extract<JournalStatus, 'received' | 'deferred' | 'ignored'>;
  readonly reason: string | null;
  readonly receivedAt: Date;
  /** Not before; at once when undefined. */
  readonly deferredUntil: Date | undefined;
  /** A call of its tenant begins with it, if there is room: decided in the same commit. */
  readonly startsCall: boolean;
}

/** `duplicate`: an earlier delivery of the same event stands already, nothing was changed. */
export type Claim = 'stored' | 'duplicate';

export interface Written {
  readonly claim: Claim;
  /** Whether the call may start; undefined where none does, or it could not be decided. */
  readonly admitted?: boolean | undefined;
}
