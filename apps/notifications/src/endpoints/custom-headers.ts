import { validateHeaderName, validateHeaderValue } from 'node:http';
import { EndpointFieldInvalid } from './endpoint.errors';

const MAX_HEADERS = 10;
const MAX_VALUE = 1024;

/** Ours to set, or able to change how the request is read. */
const RESERVED = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
]);
const RESERVED_PREFIX = /^(webhook-|proxy-|x-webhook-|x-kryonex-)/;

/** Lower-case names to values. @throws EndpointFieldInvalid naming the header */
export function checkHeaders(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  if (entries.length > MAX_HEADERS) {
    throw new EndpointFieldInvalid('headers', `must have at most ${MAX_HEADERS} entries`);
  }
  return Object.fromEntries(entries.map(([name, value]) => [name, checkHeader(name, value)]));
}

function checkHeader(name: string, value: unknown): string {
  const field = `headers.${name}`;
  if (RESERVED.has(name) || RESERVED_PREFIX.test(name)) throw new EndpointFieldInvalid(field, 'is reserved');
  if (typeof value !== 'string' || value.length > MAX_VALUE) {
    throw new EndpointFieldInvalid(field, `must be text of at most ${MAX_VALUE} characters`);
  }
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  } catch {
    throw new EndpointFieldInvalid(field, 'is not a valid header');
  }
  return value;
}
