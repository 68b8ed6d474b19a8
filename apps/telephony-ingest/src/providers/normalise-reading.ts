import { normalizePhone } from '@parley/contracts';
import type { JournalledEvent } from '../observations';
import { MalformedPayload } from './normalise.errors';

export type Fields = Readonly<Record<string, unknown>>;

/** Ids, numbers and words of a provider; longer ones are cut to what contracts allow. */
const MAX_WORD = 128;

/** @throws MalformedPayload when the body is not a JSON object */
export function readJson(event: JournalledEvent): Fields {
  const text = event.body.toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new MalformedPayload(`${event.provider}: body is not JSON`, { cause });
  }
  if (!isFields(value)) throw new MalformedPayload(`${event.provider}: body is not an object`);
  return UNSTORABLE.test(text) ? (storable(value) as Fields) : value;
}

/** Parameters of a form body, or of the query when the provider called with GET. Values are strings. */
export function readForm(event: JournalledEvent): Fields {
  if (event.contentType.includes('json')) return readJson(event);
  const query = event.path.indexOf('?') < 0 ? '' : event.path.slice(event.path.indexOf('?') + 1);
  const source = event.body.length > 0 ? event.body.toString('utf8') : query;
  const fields = Object.fromEntries(new URLSearchParams(source));
  return UNSTORABLE_FORM.test(source) ? (storable(fields) as Fields) : fields;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {});

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Text, when there is any; numbers are taken as text (JSON bodies of 002's dialect). */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export const wordOf = (value: unknown): string | undefined => textOf(value)?.slice(0, MAX_WORD);

export function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** Whole seconds, rounded to the nearest; negative ones are nonsense. */
export function secondsOf(value: unknown): number | undefined {
  const seconds = numberOf(value);
  return seconds === undefined || seconds < 0 || seconds > MAX_SECONDS ? undefined : Math.round(seconds);
}

/** A month: longer is no call, and would not fit an int column. */
const MAX_SECONDS = 2_678_400;

/** ISO 8601, RFC 2822 or epoch milliseconds. */
export function instantOf(value: unknown): Date | undefined {
  const time = typeof value === 'number' ? value : typeof value === 'string' ? Date.parse(value) : NaN;
  return time > 0 && time < MAX_EPOCH_MS ? new Date(time) : undefined;
}

/** Year 9999: ISO texts stay of one length. */
const MAX_EPOCH_MS = 253_402_300_800_000;

/** E.164 where it is a phone number; `client:…`, `sip:…` and the words for hidden callers stay as they are. */
export function partyOf(value: unknown): string | undefined {
  const text = wordOf(value)?.trim();
  if (!text) return undefined;
  return /^\+?[\d\s().-]+$/.test(text) ? (normalizePhone(text) ?? text) : text;
}

/** NUL and lone surrogates: legal in JSON, refused by PostgreSQL. */
const UNSTORABLE = /\\u0000|\\u[dD][89a-fA-F]/;
const UNSTORABLE_FORM = /%00|\0/;

function storable(value: unknown): unknown {
  if (typeof value === 'string') return wellFormed(value);
  if (Array.isArray(value)) return value.map(storable);
  if (!isFields(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, held]) => [wellFormed(key), storable(held)]));
}

const wellFormed = (text: string): string => text.replaceAll('\0', '').replace(/\p{Surrogate}/gu, '\uFFFD');
