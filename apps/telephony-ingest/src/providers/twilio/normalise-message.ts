import type { JournalledEvent, MessageObservation } from '../../observations';
import { MalformedPayload } from '../normalise.errors';
import { type Fields, numberOf, partyOf, textOf, wordOf } from '../normalise-reading';

const STATUS: Readonly<Record<string, MessageObservation['status']>> = {
  received: 'received',
  receiving: 'received',
  accepted: 'queued',
  scheduled: 'queued',
  queued: 'queued',
  sending: 'queued',
  sent: 'sent',
  delivered: 'delivered',
  partially_delivered: 'delivered',
  read: 'delivered',
  undelivered: 'failed',
  failed: 'failed',
  canceled: 'failed',
};

/** Inbound texts, and delivery reports of ours: those carry `MessageStatus` and no body. */
export function observeMessage(form: Fields, event: JournalledEvent): MessageObservation {
  const providerMessageId = wordOf(form.MessageSid ?? form.SmsSid);
  const from = partyOf(form.From);
  const to = partyOf(form.To);
  if (!providerMessageId || !from || !to)
    throw new MalformedPayload('twilio: MessageSid, From or To is missing');
  const told = textOf(form.MessageStatus) ?? textOf(form.SmsStatus) ?? 'received';
  const status = STATUS[told];
  if (!status) throw new MalformedPayload(`twilio: message status ${JSON.stringify(told)} is unknown`);
  const inbound = status === 'received';
  const segments = numberOf(form.NumSegments);
  const error = wordOf(form.ErrorCode);
  return {
    about: 'message',
    provider: 'twilio',
    providerMessageId,
    direction: inbound ? 'inbound' : 'outbound',
    from,
    to,
    // An MMS may have no text at all.
    ...(inbound ? { body: typeof form.Body === 'string' ? form.Body : '' } : {}),
    ...(segments === undefined ? {} : { segments: Math.max(0, Math.trunc(segments)) }),
    status,
    ...(error ? { error } : {}),
    occurredAt: event.receivedAt,
  };
}
