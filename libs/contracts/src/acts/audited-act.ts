export interface Act {
  /** `thing.participle`. */
  action: string;
  resourceType: string;
  resourceId?: string;
  /** What the act changed, without secrets. */
  before?: object;
  after?: object;
  /** Whose trail; the caller's tenant by default, null for the platform's. */
  tenantId?: string | null;
}

export type Facts = Record<string, unknown>;

const SECRET_NAMES = /password|secret|token|authorization|hash/i;
export const WITHHELD = '[withheld]';

/**
 * Facts as jsonb gives them back, so that the row hashes alike when it is read again. A field named like a secret is
 * withheld: acts tell what changed, never the secret itself.
 */
export function toFacts(value: object | undefined): Facts | null {
  return value ? (withoutSecrets(toPlain(value)) as Facts) : null;
}

export const toPlain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** The value with the fields of every object in it, at every depth, as `change` gives them back. */
export function mapFields(
  value: unknown,
  change: (entries: [string, unknown][]) => [string, unknown][],
): unknown {
  if (Array.isArray(value)) return value.map((item) => mapFields(item, change));
  if (typeof value !== 'object' || value === null) return value;
  const entries = change(Object.entries(value));
  return Object.fromEntries(entries.map(([name, inner]) => [name, mapFields(inner, change)]));
}

const withoutSecrets = (value: unknown): unknown =>
  mapFields(value, (entries) =>
    entries.map(([name, inner]) => [name, SECRET_NAMES.test(name) ? WITHHELD : inner]),
  );
