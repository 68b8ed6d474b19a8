import { defineEvent } from '../event';
import { Instant, ListOf, Nested, OneOf, Phone, Text, Uuid } from '../fields';
import { defineOperation, Nothing } from '../rpc';
import { WEBHOOK_PROVIDERS, type WebhookProvider } from './connections';

export const PHONE_NUMBER_STATUSES = ['active', 'released'] as const;
export type PhoneNumberStatus = (typeof PHONE_NUMBER_STATUSES)[number];

export class NumberGreeting {
  @Text({ optional: true, max: 500, example: 'Thank you for calling.' }) en?: string;
  @Text({ optional: true, max: 500, example: 'Merci de votre appel.' }) fr?: string;
}

/** What happens on a line, and what it says of the business. */
export class NumberRouting {
  @Phone({ optional: true, description: 'Calls ring here first; voicemail when absent or unanswered' })
  forwardTo?: string;

  @Nested(() => NumberGreeting, { optional: true })
  greeting?: NumberGreeting;

  @OneOf(['en', 'fr'], { optional: true, description: "The tenant's language by default" })
  locale?: 'en' | 'fr';

  @Text({
    optional: true,
    max: 200,
    description: "The tenant's name by default",
    example: 'Plomberie Tremblay',
  })
  businessName?: string;

  @Text({ optional: true, max: 500, example: 'Lundi au vendredi, 8 h à 17 h' })
  hours?: string;
}

export class AddPhoneNumberRequest {
  @Phone() e164: string;
  @OneOf(WEBHOOK_PROVIDERS) provider: WebhookProvider;
  @Text({ optional: true, max: 128, description: 'Vapi assistant that answers', example: 'asst-reception' })
  assistantId?: string;
  @Text({
    optional: true,
    max: 128,
    description: "The provider's id of the number",
    example: 'number-at-provider',
  })
  providerNumberId?: string;
  @Text({ optional: true, max: 200, example: 'Reception' }) label?: string;
  @Nested(() => NumberRouting, { optional: true }) routing?: NumberRouting;
}

export class PhoneNumber {
  @Uuid() id: string;
  @Phone() e164: string;
  @OneOf(WEBHOOK_PROVIDERS) provider: WebhookProvider;
  @Text({ nullable: true }) assistantId: string | null;
  @Text({ nullable: true }) providerNumberId: string | null;
  @Text({ nullable: true }) label: string | null;
  @Nested(() => NumberRouting) routing: NumberRouting;
  @OneOf(PHONE_NUMBER_STATUSES) status: PhoneNumberStatus;
  @Instant() createdAt: string;
}

export class PhoneNumberList {
  @ListOf(() => PhoneNumber) data: PhoneNumber[];
}

export const addPhoneNumber = defineOperation({
  name: 'telephony.number.add',
  service: 'telephony-ingest',
  request: AddPhoneNumberRequest,
  response: PhoneNumber,
});

export const listPhoneNumbers = defineOperation({
  name: 'telephony.numbers.list',
  service: 'telephony-ingest',
  request: Nothing,
  response: PhoneNumberList,
});

export class NumberChangedV1 {
  @Uuid() numberId: string;
}

export const numberChangedV1 = defineEvent({
  type: 'telephony.number.changed.v1',
  producer: 'telephony-ingest',
  description: 'A number was added or its routing changed; edges read it anew.',
  payload: NumberChangedV1,
  sample: { numberId: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0021' },
});
