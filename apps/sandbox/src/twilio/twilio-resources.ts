import { twilioDate } from './twilio-date';
import { twilioSidFrom } from './twilio-ids';
import type { TwilioCallRecord, TwilioMessage } from './twilio-store';

export function toCallResource({ call, status, answeredAt, endedAt }: TwilioCallRecord): object {
  const uri = `/2010-04-01/Accounts/${call.accountSid}/Calls/${call.callSid}`;
  const started = status !== 'queued';
  return {
    sid: call.callSid,
    account_sid: call.accountSid,
    api_version: '2010-04-01',
    parent_call_sid: null,
    to: call.to,
    to_formatted: formatted(call.to),
    from: call.from,
    from_formatted: formatted(call.from),
    phone_number_sid: twilioSidFrom('PN', call.direction === 'inbound' ? call.to : call.from),
    status,
    direction: call.direction,
    date_created: started ? twilioDate(call.createdAt) : null,
    date_updated: started ? twilioDate(endedAt ?? call.createdAt) : null,
    start_time: dateOrNull(answeredAt ?? endedAt),
    end_time: dateOrNull(endedAt),
    duration: endedAt === undefined ? null : String(call.durationSeconds),
    price: endedAt === undefined ? null : (-0.014 * Math.ceil(call.durationSeconds / 60)).toFixed(5),
    price_unit: 'USD',
    answered_by: null,
    forwarded_from: null,
    group_sid: null,
    caller_name: null,
    queue_time: '0',
    trunk_sid: null,
    uri: `${uri}.json`,
    subresource_uris: { recordings: `${uri}/Recordings.json` },
  };
}

export function toMessageResource(message: TwilioMessage): object {
  const uri = `/2010-04-01/Accounts/${message.accountSid}/Messages/${message.sid}`;
  return {
    sid: message.sid,
    account_sid: message.accountSid,
    api_version: '2010-04-01',
    body: message.body,
    date_created: twilioDate(message.createdAt),
    date_sent: dateOrNull(message.sentAt),
    date_updated: twilioDate(message.sentAt ?? message.createdAt),
    direction: message.direction,
    error_code: null,
    error_message: null,
    from: message.from,
    messaging_service_sid: message.messagingServiceSid,
    num_media: '0',
    // A Messaging Service has not chosen a number yet, so the count is not known.
    num_segments: message.from === null ? '0' : String(message.segments),
    price: null,
    price_unit: 'USD',
    status: message.status,
    to: message.to,
    uri: `${uri}.json`,
    subresource_uris: { media: `${uri}/Media.json` },
  };
}

function dateOrNull(instant: Date | undefined): string | null {
  return instant === undefined ? null : twilioDate(instant);
}

/** `+14185550123` as `(418) 555-0123`, others as they are. */
function formatted(phone: string): string {
  const match = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(phone);
  return match ? `(${match[1]}) ${match[2]}-${match[3]}` : phone;
}
