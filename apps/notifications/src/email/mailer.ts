/** A mail as it goes out, rendered once: every attempt sends the same bytes. */
export interface OutgoingMail {
  /** The provider sends mails of one id once, however often it is asked. */
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
}

/** `error` is for operators: never an address, a subject or a body. */
export type SendOutcome =
  | { readonly kind: 'sent'; readonly providerId: string }
  | { readonly kind: 'try-again'; readonly error: string; readonly afterSeconds?: number }
  | { readonly kind: 'refused'; readonly error: string };

/** The port to whoever carries mail. Never throws: failing is an outcome. */
export abstract class Mailer {
  abstract send(mail: OutgoingMail): Promise<SendOutcome>;
}
