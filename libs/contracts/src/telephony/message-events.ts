import { defineEvent } from '../event';
import { Instant, Int, Text, Uuid } from '../fields';

export class SmsReceivedV1 {
  @Uuid() messageId: string;
  @Text({ max: 64 }) providerMessageId: string;
  @Text({ max: 32 }) from: string;
  @Text({ max: 32 }) to: string;
  @Text({ min: 0, max: 1600 }) body: string;
  @Int({ min: 0 }) segments: number;
  @Instant() receivedAt: string;
}

export const smsReceivedV1 = defineEvent({
  type: 'telephony.message.received.v1',
  producer: 'telephony-ingest',
  description: 'A text message came in.',
  payload: SmsReceivedV1,
  sample: {
    messageId: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0002',
    providerMessageId: 'SM00000000000000000000000000000001',
    from: '+15145550142',
    to: '+14185550100',
    body: 'Merci, à demain !',
    segments: 1,
    receivedAt: '2026-11-20T14:06:00.000Z',
  },
});
