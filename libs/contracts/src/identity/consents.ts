import { defineEvent } from '../event';
import { Bool, Instant, ListOf, OneOf, Text, Uuid } from '../fields';
import { defineOperation, Nothing } from '../rpc';

export const CONSENT_PURPOSES = ['terms', 'privacy', 'marketing', 'call_recording', 'ai_training'] as const;
export type ConsentPurpose = (typeof CONSENT_PURPOSES)[number];

/** What somebody said about one purpose, and how. */
export class ConsentRecord {
  @OneOf(CONSENT_PURPOSES) purpose: ConsentPurpose;
  @Bool() granted: boolean;
  @Text({ max: 64, description: 'Of the text that was shown' }) version: string;
  @Instant() at: string;
  @Text({ max: 32, description: '`account` or `api`' }) source: string;
  @Text({ max: 64, nullable: true, description: 'Network address' }) ip: string | null;
  @Text({ max: 256, nullable: true }) userAgent: string | null;
}

export class ConsentsResponse {
  @ListOf(() => ConsentRecord, { description: 'What holds now; purposes never asked about are left out' })
  data: ConsentRecord[];
  @ListOf(() => ConsentRecord, { description: 'The last 200 answers, newest first' })
  history: ConsentRecord[];
}

export class PutConsentRequest {
  @OneOf(CONSENT_PURPOSES) purpose: ConsentPurpose;
  @Bool() granted: boolean;
  @Text({ max: 64, example: '2026-11' }) version: string;
}

export const listConsents = defineOperation({
  name: 'identity.consents.list',
  service: 'identity',
  request: Nothing,
  response: ConsentsResponse,
});

export const putConsent = defineOperation({
  name: 'identity.consents.put',
  service: 'identity',
  request: PutConsentRequest,
  response: ConsentRecord,
});

export class ConsentChangedV1 {
  @Uuid() userId: string;
  @OneOf(CONSENT_PURPOSES) purpose: ConsentPurpose;
  @Bool() granted: boolean;
  @Text({ max: 64 }) version: string;
  @Instant() at: string;
}

export const consentChangedV1 = defineEvent({
  type: 'identity.consent.changed.v1',
  producer: 'identity',
  description: 'Somebody granted or withdrew a consent. The latest `at` per person and purpose holds.',
  payload: ConsentChangedV1,
  sample: {
    userId: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0011',
    purpose: 'marketing',
    granted: false,
    version: '2026-11',
    at: '2026-11-20T14:05:00.000Z',
  },
});
