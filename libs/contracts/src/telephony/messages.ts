import { Instant, Int, OneOf, Text, Uuid } from '../fields';
import { pageOf, PageRequest } from '../page';
import { defineOperation } from '../rpc';
import { CALL_DIRECTIONS, type CallDirection } from './call-events';

export const SMS_STATUSES = ['queued', 'sent', 'delivered', 'failed', 'received', 'suppressed'] as const;
export type SmsStatus = (typeof SMS_STATUSES)[number];

export const SMS_KEYWORDS = ['STOP', 'START', 'HELP', 'YES', 'NO'] as const;
export type SmsKeyword = (typeof SMS_KEYWORDS)[number];

export class ListSmsMessagesRequest extends PageRequest {
  @OneOf(CALL_DIRECTIONS, { optional: true }) direction?: CallDirection;
  @OneOf(SMS_STATUSES, { optional: true }) status?: SmsStatus;
  @Text({ optional: true, max: 64, description: "The other party's number" }) phone?: string;
}

export class SmsMessage {
  @Uuid() id: string;
  @OneOf(CALL_DIRECTIONS) direction: CallDirection;
  @Text({ max: 64, example: '+15145550100' }) from: string;
  @Text({ max: 64, example: '+15145550142' }) to: string;
  @Text({ nullable: true, min: 0, max: 1600, description: 'Null when only delivery reports were seen' })
  body: string | null;
  @Text({ max: 32, example: 'twilio' }) provider: string;
  @Text({ max: 64, example: 'message-at-provider' }) providerMessageId: string;
  @OneOf(SMS_STATUSES) status: SmsStatus;
  @OneOf(SMS_KEYWORDS, { nullable: true }) keyword: SmsKeyword | null;
  @Int({ nullable: true, min: 0 }) segments: number | null;
  @Text({ nullable: true, max: 255 }) error: string | null;
  @Instant() createdAt: string;
}

export class SmsMessagePage extends pageOf(SmsMessage) {}

export const listSmsMessages = defineOperation({
  name: 'telephony.messages.list',
  service: 'telephony-ingest',
  request: ListSmsMessagesRequest,
  response: SmsMessagePage,
});
