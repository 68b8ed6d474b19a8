import { isIP } from 'node:net';
import { z } from 'zod';

/** Settings come from the environment, are read once, and every fault is told in one message. */
export type Env = Readonly<Record<string, string | undefined>>;

const secrets = z.registry<{ secret: true }>();

/** Marks a setting whose value is never shown. */
export function secret<Schema extends z.ZodType>(schema: Schema): Schema {
  secrets.add(schema, { secret: true });
  return schema;
}

const blankAsUnset = (value: unknown): unknown => (value === '' ? undefined : value);

export const text = () => z.preprocess(blankAsUnset, z.string().min(1));
export const optionalText = () => z.preprocess(blankAsUnset, z.string().optional());
export const url = () => z.preprocess(blankAsUnset, z.url());
export const optionalUrl = () => z.preprocess(blankAsUnset, z.url().optional());
export const integer = (fallback: number, min = 0) =>
  z.preprocess(blankAsUnset, z.coerce.number().int().min(min).default(fallback));
export const optionalInteger = () => z.preprocess(blankAsUnset, z.coerce.number().int().min(0).optional());
export const port = (fallback: number) =>
  z.preprocess(blankAsUnset, z.coerce.number().int().min(0).max(65_535).default(fallback));
export const flag = (fallback: boolean) =>
  z.preprocess(
    blankAsUnset,
    z
      .enum(['true', 'false', '1', '0'])
      .transform((value) => value === 'true' || value === '1')
      .default(fallback),
  );
export const oneOf = <const Values extends readonly [string, ...string[]]>(
  values: Values,
  fallback: Values[number],
) => z.preprocess(blankAsUnset, z.enum(values).default(fallback as never));
export const list = (fallback: string[] = []) =>
  z.preprocess(
    blankAsUnset,
    z
      .string()
      .transform((value) =>
        value
          .split(',')
          .map((item) => item.trim())
          .filter(Boolean),
      )
      .default(fallback),
  );

const NAMED_NETWORKS = new Set(['loopback', 'linklocal', 'uniquelocal']);

/** An address, a CIDR network, or one of the names `loopback`, `linklocal`, `uniquelocal`. */
export function isNetwork(value: string): boolean {
  if (NAMED_NETWORKS.has(value)) return true;
  const [address = '', bits, ...rest] = value.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

/** Networks, comma-separated; none when unset. */
export const networks = () =>
  list().refine(
    (values) => values.every(isNetwork),
    'must be addresses or CIDR networks, such as 10.0.0.0/8',
  );

const aKey = () =>
  z.string().refine((value) => Buffer.from(value, 'base64').length === 32, 'must be 32 bytes in base64');

/** 32 random bytes in base64. */
export const encryptionKey = () => secret(z.preprocess(blankAsUnset, aKey()));
export const optionalEncryptionKey = () => secret(z.preprocess(blankAsUnset, aKey().optional()));
/** Several of them, comma-separated. */
export const encryptionKeys = () =>
  secret(
    z.preprocess(
      (value) => (typeof value === 'string' ? value.split(',').filter(Boolean) : []),
      z.array(aKey()),
    ),
  );

/** Where files are kept: a bucket of an S3 store, else a folder. */
export const fileShape = {
  /** Several machines must mount the same one. */
  FILES_DIR: z.preprocess(blankAsUnset, z.string().default('.data/files')),
  FILES_S3_BUCKET: optionalText(),
  /** Amazon's own when left out. */
  FILES_S3_ENDPOINT: optionalUrl(),
  /** Where people's clients reach it, for downloads past the gateway; without one they go through it. */
  FILES_S3_PUBLIC_ENDPOINT: optionalUrl(),
  FILES_S3_REGION: z.preprocess(blankAsUnset, z.string().default('us-east-1')),
  FILES_S3_ACCESS_KEY_ID: optionalText(),
  FILES_S3_SECRET_ACCESS_KEY: secret(optionalText()),
  /** For one request and its answer. */
  FILES_S3_TIMEOUT_MS: integer(30_000, 100),
};

/** What every service reads. */
export const baseShape = {
  ...fileShape,
  NODE_ENV: oneOf(['development', 'test', 'production'], 'development'),
  LOG_LEVEL: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], 'info'),
  /** Health and metrics; none when unset. */
  INTERNAL_PORT: optionalInteger(),
  INTERNAL_HOST: z.preprocess(blankAsUnset, z.string().default('0.0.0.0')),
  APP_VERSION: z.preprocess(blankAsUnset, z.string().default('0.1.0')),
  /** Absent only in standalone, where services share a process. */
  RABBITMQ_URL: secret(optionalUrl()),
  /** The service's restricted role. */
  DATABASE_URL: secret(optionalUrl()),
  /** Migrations only. */
  DATABASE_OWNER_URL: secret(optionalUrl()),
  DATABASE_POOL_SIZE: integer(10, 2),
  /** Durable jobs that run at the same time in one process. */
  JOBS_CONCURRENCY: integer(5, 1),
  OTEL_EXPORTER_OTLP_ENDPOINT: optionalUrl(),
  /** The same for every service: seals secrets between them. Without it settings come from the environment only. */
  CONFIG_EXCHANGE_KEY: optionalEncryptionKey(),
};

export type Shape = Record<string, z.ZodType>;
export type ConfigOf<S extends Shape> = z.infer<z.ZodObject<S>>;
export type BaseConfig = ConfigOf<typeof baseShape>;

/** @throws Error naming every faulty setting at once */
export function readConfig<S extends Shape>(service: string, shape: S, env: Env): ConfigOf<S> {
  const result = z.object(shape).safeParse(env);
  if (result.success) return result.data;
  const faults = result.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`${service} cannot start, its settings are wrong:\n${faults.join('\n')}`);
}

/** Settings for the start-up log: secrets only as set or not set. */
export function maskConfig<S extends Shape>(shape: S, config: ConfigOf<S>): Record<string, unknown> {
  const values = config as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(shape).map(([name, schema]) => [
      name,
      secrets.has(schema) ? (values[name] === undefined ? 'not set' : 'set') : values[name],
    ]),
  );
}
