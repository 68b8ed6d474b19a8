import { twilioCallEvents } from './twilio-call-script';
import type { CallOutcome, TwilioSimulator } from './twilio-simulator';
import type { TwilioCallRecord } from './twilio-store';

export interface OutboundAddresses {
  twimlUrl: string | undefined;
  statusCallback: string | undefined;
  recordingCallback: string | undefined;
}

/** A call made through the REST API: each webhook has its own address, and one without an address is not sent. */
export function playOutboundCall(
  simulator: TwilioSimulator,
  record: TwilioCallRecord,
  addresses: OutboundAddresses,
): Promise<CallOutcome> {
  const addressOf: Record<string, string | undefined> = {
    voice: addresses.twimlUrl,
    status: addresses.statusCallback,
    recording: addresses.recordingCallback,
  };
  const events = Object.entries(addressOf).flatMap(([group, webhookUrl]) =>
    webhookUrl === undefined
      ? []
      : twilioCallEvents({ ...record.call, webhookUrl }).filter(({ kind }) => kind.split(':')[0] === group),
  );
  return simulator.playEvents(record, inOrder(events), 0);
}

/** TwiML is fetched when somebody answers, so after `initiated` and `ringing`. */
const FIRST_TO_LEAVE = ['status:initiated', 'status:ringing', 'voice', 'status:in-progress'];

function inOrder<T extends { kind: string }>(events: T[]): T[] {
  const rank = ({ kind }: T): number => (FIRST_TO_LEAVE.includes(kind) ? FIRST_TO_LEAVE.indexOf(kind) : 9);
  return [...events].sort((a, b) => rank(a) - rank(b));
}
