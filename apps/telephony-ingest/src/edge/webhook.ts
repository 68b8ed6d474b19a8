import type { IncomingHttpHeaders } from 'node:http';
import type { VapiHmacPlan, WebhookProvider } from '@parley/contracts';

/** A request at a provider's path, unread. */
export interface WebhookRequest {
  readonly method: string;
  /** Path and query as the provider called them: Twilio signs both. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface WebhookAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a provider's request says about whose it is. Nothing of it counts before the signature does. */
export interface Evidence {
  readonly accountSid?: string;
  /** Numbers of ours that the event may be about, likeliest first. */
  readonly numbers: readonly string[];
  readonly providerNumberId?: string;
  readonly assistantId?: string;
}

/** A request as its provider's adapter reads it. */
export interface ProviderEvent<Content> {
  /** The provider's own name of the event. */
  readonly kind: string;
  /** False for kinds this version has never heard of: kept, not applied. */
  readonly known: boolean;
  /** The provider's id of the call or message. */
  readonly subject: string | null;
  /** The same for every delivery of one event, different for any two events of one provider and tenant. */
  readonly dedupeKey: string;
  readonly evidence: Evidence;
  readonly content: Content;
}

/** Somebody is waiting on the line for the answer. */
export interface LineContext {
  readonly tenant: { name: string; locale: 'en' | 'fr'; country: string; timezone: string } | undefined;
  readonly number: LineNumber | undefined;
  /** Nothing is left to pay a call with, or use is paused: new calls are turned away politely. */
  readonly refused: boolean;
  /** Public address, and what of the query must be kept on call-backs. */
  readonly callbackUrl: (path: string) => string;
}

export interface LineNumber {
  readonly e164: string;
  readonly assistantId: string | null;
  readonly routing: {
    forwardTo?: string;
    greeting?: { en?: string; fr?: string };
    locale?: 'en' | 'fr';
    businessName?: string;
    hours?: string;
  };
}

/** One provider's protocol. */
export interface ProviderAdapter<Content> {
  readonly provider: WebhookProvider;
  /** Its events are about the platform's own account; whose they are is in them, for their consumer to find. */
  readonly platform?: true;
  /** @throws Invalid when the body is not what the provider sends */
  read(request: WebhookRequest, step: string | undefined): ProviderEvent<Content>;
  /** The scheme by which one of the secrets vouches for the request; undefined when none does. */
  verify(
    request: WebhookRequest,
    event: ProviderEvent<Content>,
    credentials: Credentials,
  ): string | undefined;
  /** Whether the answer is heard on the line, and so given whatever happens. */
  asks(event: ProviderEvent<Content>): boolean;
  /** Whether a call begins with the answer, unless it is turned away. Its subject is the call. */
  starts(event: ProviderEvent<Content>): boolean;
  answer(event: ProviderEvent<Content>, line: LineContext): WebhookAnswer;
}

/** What one connection verifies with. */
export interface Credentials {
  /** The current ones first, then those before the last rotation while they last. */
  readonly secrets: readonly { authToken?: string; webhookSecret?: string }[];
  readonly hmac: VapiHmacPlan | undefined;
  readonly publicUrl: string;
}
