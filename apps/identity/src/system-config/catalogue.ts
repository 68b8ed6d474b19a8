import { Invalid, SYSTEM_CONFIG_KEYS, type SystemConfigKey, type SystemConfigValue } from '@parley/contracts';
import { z } from 'zod';
import { UnknownSystemConfig } from './system-config.errors';

const MiB = 1024 * 1024;

const credits = z.number().int().min(0).max(1_000_000);
const webAddress = z.url({ protocol: /^https?$/ }).max(2048);

/** What each kind takes, where a key says nothing narrower. */
const BY_KIND: Record<SystemConfigKey['kind'], z.ZodType> = {
  text: z
    .string()
    .min(1)
    .max(500)
    .regex(/^[^\r\n\0]*$/, 'must be one line'),
  integer: z.number().int(),
  url: webAddress,
  secret: z
    .string()
    .min(8)
    .max(4096)
    .regex(/^[\x21-\x7e]*$/, 'must be printable, without blanks'),
  json: z.record(z.string(), z.unknown()),
};

const BY_KEY: Record<string, z.ZodType> = {
  EMAIL_FROM: z
    .string()
    .max(320)
    .regex(
      /^([^<>\r\n\0]*<[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+)$/,
      'must be an address, or Name <address>',
    ),
  TWILIO_ACCOUNT_SID: z.string().regex(/^AC[0-9a-f]{32}$/, 'must be AC and 32 hexadecimal digits'),
  FREE_CREDITS: credits,
  LOW_CREDITS_THRESHOLD: credits,
  BODY_LIMIT_BYTES: z
    .number()
    .int()
    .min(1024)
    .max(50 * MiB),
  UPLOAD_LIMIT_BYTES: z
    .number()
    .int()
    .min(1024)
    .max(1024 * MiB),
};

/** Shorter secrets would be given away by four of their characters. */
const SHOWN_FROM_LENGTH = 16;

/** @throws UnknownSystemConfig */
export function entryOf(key: string): SystemConfigKey {
  const entry = SYSTEM_CONFIG_KEYS.find((each) => each.key === key);
  if (!entry) throw new UnknownSystemConfig(key);
  return entry;
}

/**
 * A value as it is kept: the text it would be in the environment.
 * @throws Invalid without the value in its words
 */
export function toText({ key, kind }: SystemConfigKey, value: unknown): string {
  const parsed = (BY_KEY[key] ?? BY_KIND[kind]).safeParse(value);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => ({
      field: ['value', ...path].join('.'),
      message,
    }));
    throw new Invalid(`Invalid input: ${faults.map(({ field }) => field).join(', ')}`, faults);
  }
  return typeof value === 'string' ? value : JSON.stringify(parsed.data);
}

export function fromText({ kind }: SystemConfigKey, text: string): SystemConfigValue {
  return kind === 'integer' || kind === 'json' ? (JSON.parse(text) as SystemConfigValue) : text;
}

export const lastFourOf = ({ kind }: SystemConfigKey, text: string): string | null =>
  kind === 'secret' && text.length >= SHOWN_FROM_LENGTH ? text.slice(-4) : null;
