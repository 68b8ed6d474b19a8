import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { newId } from '@parley/contracts';
import type { JournalledEvent } from '../src/observations';

type Fields = Record<string, unknown>;

const sample = (provider: string, name: string): Fields =>
  JSON.parse(readFileSync(join(__dirname, 'fixtures', provider, `${name}.json`), 'utf8')) as Fields;

const RECEIVED_AT = new Date('2026-03-03T15:10:00.000Z');

/** A recorded Twilio callback as the journal hands it on; `changes` with undefined leave a parameter out. */
export function aTwilioEvent(
  name: string,
  changes: Record<string, string | undefined> = {},
): JournalledEvent {
  const form = { ...sample('twilio', name), ...changes };
  const present = new URLSearchParams();
  for (const [key, value] of Object.entries(form))
    if (value !== undefined) present.append(key, String(value));
  return anEvent('twilio', 'application/x-www-form-urlencoded', present.toString());
}

/** A recorded Vapi message; `changes` go into `message`. */
export function aVapiEvent(name: string, changes: Fields = {}): JournalledEvent {
  const { message } = sample('vapi', name) as { message: Fields };
  return anEvent('vapi', 'application/json', JSON.stringify({ message: { ...message, ...changes } }));
}

/** As the sample has it, about another call. */
export function aVapiEventOf(callId: string, name: string, changes: Fields = {}): JournalledEvent {
  const { message } = sample('vapi', name) as { message: Fields & { call: Fields } };
  return aVapiEvent(name, { call: { ...message.call, id: callId }, ...changes });
}

export function anEvent(
  provider: JournalledEvent['provider'],
  contentType: string,
  body: string,
  path = `/v1/webhooks/${provider}`,
): JournalledEvent {
  return {
    id: newId(),
    provider,
    kind: 'test',
    tenantId: newId(),
    contentType,
    path,
    body: Buffer.from(body),
    receivedAt: RECEIVED_AT,
  };
}
