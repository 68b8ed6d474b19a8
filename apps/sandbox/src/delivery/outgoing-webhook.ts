export interface SignedBody {
  body: string;
  headers: Record<string, string>;
}

/** One webhook ready to leave: exact bytes and signed headers. */
export interface OutgoingWebhook extends SignedBody {
  provider: 'twilio' | 'vapi' | 'stripe';
  /** The provider's id of the call or message it is about. */
  callId: string;
  kind: string;
  url: string;
  timeoutMs: number;
  /** Further attempts after a failed one. */
  retries: number;
  /** `connection`: only when nobody answered (Twilio's default); `failure`: on every non-2xx as well. */
  retryOn: 'connection' | 'failure';
  /** The same event as an attacker would send it: about another call, signed with a secret that is not ours. */
  forge: () => SignedBody;
}

export interface WebhookAnswer {
  /** Null when nothing was sent or nobody answered. */
  status: number | null;
  contentType: string;
  body: string;
}

/** One request that left, or was meant to leave. */
export interface SentWebhook {
  sentAt: string;
  provider: OutgoingWebhook['provider'];
  callId: string;
  kind: string;
  url: string;
  attempt: number;
  /** 0 for the first copy, 1… for duplicates. */
  copy: number;
  forged: boolean;
  dropped: boolean;
  status: number | null;
  durationMs: number;
  /** The first 2,000 characters of the answer. */
  answer: string;
  error?: string;
}
