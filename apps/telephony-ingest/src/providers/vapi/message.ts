import { Invalid } from '@parley/contracts';

type Fields = Readonly<Record<string, unknown>>;

/** `message` of a server message, and the parts of it the edge reads. */
export interface VapiMessage {
  /** Without the filter that a subscription may carry in it: `transcript[transcriptType="final"]`. */
  readonly type: string;
  readonly fields: Fields;
  readonly call: Fields;
  readonly phoneNumber: Fields;
}

/** @throws Invalid when it is no server message */
export function readVapiMessage(body: Buffer): VapiMessage {
  let content: unknown;
  try {
    content = JSON.parse(body.toString());
  } catch (cause) {
    const refusal = new Invalid('The body is not JSON', [{ field: 'body', message: 'must be JSON' }]);
    refusal.cause = cause;
    throw refusal;
  }
  const fields = objectAt({ content }, 'content')['message'];
  if (!isObject(fields)) throw missing('message', 'must be an object');
  const type = textAt(fields, 'type');
  if (!type) throw missing('message.type', 'must be a text');
  const call = objectAt(fields, 'call');
  const phoneNumber = isObject(fields['phoneNumber']) ? fields['phoneNumber'] : objectAt(call, 'phoneNumber');
  return { type: type.split('[', 1)[0] ?? type, fields, call, phoneNumber };
}

export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function objectAt(fields: Fields, name: string): Fields {
  const value = fields[name];
  return isObject(value) ? value : {};
}

/** Numbers come as their digits. */
export function textAt(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  if (typeof value === 'string' && value !== '') return value;
  return typeof value === 'number' ? String(value) : undefined;
}

function missing(field: string, message: string): Invalid {
  return new Invalid(`Invalid input: ${field}`, [{ field, message }]);
}
