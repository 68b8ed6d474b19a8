import { Invalid, type StripeReceivedV1 } from '@parley/contracts';

type Fields = Readonly<Record<string, unknown>>;

/** A snapshot event, or a thin one that only says what to fetch. */
export interface StripeEvent {
  readonly id: string;
  readonly type: string;
  /** Stripe's id of what the event is about. */
  readonly objectId: string | null;
  readonly fields: Fields;
}

const EVENT_OBJECTS = ['event', 'v2.core.event'];

/** @throws Invalid when the body is no event of Stripe's */
export function readStripeEvent(body: Buffer): StripeEvent {
  const fields = parse(body);
  const id = textAt(fields, 'id');
  const type = textAt(fields, 'type');
  if (!id) throw fault('id', 'must be the id of an event');
  if (!type) throw fault('type', 'must be a text');
  if (!EVENT_OBJECTS.includes(textAt(fields, 'object') ?? '')) throw fault('object', 'must be "event"');
  return { id, type, objectId: textAt(subjectOf(fields), 'id') ?? null, fields };
}

/** What billing is told. Decimals stay texts: only the SDK's own answers turn them into numbers. */
export function toStripeReceived({ id, type, fields }: StripeEvent): StripeReceivedV1 {
  const previous = objectAt(objectAt(fields, 'data'), 'previous_attributes');
  return {
    eventId: id,
    type,
    apiVersion: textAt(fields, 'api_version') ?? null,
    createdAt: instantOf(fields['created']),
    livemode: fields['livemode'] === true,
    object: subjectOf(fields),
    ...(Object.keys(previous).length > 0 ? { previousAttributes: previous } : {}),
  };
}

/** `data.object` of a snapshot, `related_object` of a thin event. */
function subjectOf(fields: Fields): Record<string, unknown> {
  const object = objectAt(objectAt(fields, 'data'), 'object');
  return Object.keys(object).length > 0 ? object : objectAt(fields, 'related_object');
}

/** Seconds in snapshots, ISO text in thin events. */
function instantOf(created: unknown): string {
  const at = typeof created === 'number' ? new Date(created * 1000) : new Date(String(created));
  if (Number.isNaN(at.getTime())) throw fault('created', 'must be a time');
  return at.toISOString();
}

function parse(body: Buffer): Fields {
  let content: unknown;
  try {
    content = JSON.parse(body.toString());
  } catch (cause) {
    const refusal = fault('body', 'must be JSON');
    refusal.cause = cause;
    throw refusal;
  }
  if (!isObject(content)) throw fault('body', 'must be an object');
  return content;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function objectAt(fields: Fields, name: string): Record<string, unknown> {
  const value = fields[name];
  return isObject(value) ? value : {};
}

function textAt(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function fault(field: string, message: string): Invalid {
  return new Invalid(`Invalid input: ${field}`, [{ field, message }]);
}
