import type { EmailRequestedV1, Locale } from '@parley/contracts';

/** What a mail says, as plain text; the layout makes HTML of it and escapes. */
export interface EmailText {
  readonly subject: string;
  readonly greeting: string;
  readonly paragraphs: readonly string[];
  /** Label of the button that opens the link. */
  readonly action?: string;
  /** In small print below. */
  readonly notes: readonly string[];
}

export type EmailFacts = Pick<
  EmailRequestedV1,
  'name' | 'validMinutes' | 'signInLink' | 'actor' | 'reason' | 'tenantName' | 'provider' | 'invitedByName'
>;

export type Template = Record<Locale, (facts: EmailFacts) => EmailText>;
