import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isUuid } from '@parley/contracts';

/** One request as a design's client sends it, and the answer it reads. */
export interface Step {
  readonly id: string;
  readonly request: string;
  readonly as?: 'nobody' | 'super admin';
  readonly body?: unknown;
  /** A page of the app: the token of the mail that leads there becomes `{{mailed}}`. */
  readonly mailed?: string;
  readonly status: number;
  /** The whole answer. */
  readonly is?: unknown;
  /** What the answer holds among other things. */
  readonly has?: unknown;
  /** Values of the answer for later steps, by path. */
  readonly keep?: Readonly<Record<string, string>>;
}

export function stepsOf(design: string): Step[] {
  const file = join(__dirname, 'fixtures', `design-${design}.json`);
  return JSON.parse(readFileSync(file, 'utf8')) as Step[];
}

export type Values = Record<string, string>;

export function filled<T>(template: T, values: Values): T {
  const text = JSON.stringify(template).replace(/\{\{(\w+)\}\}/g, (_all, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`Nothing to put for {{${name}}}`);
    return value;
  });
  return JSON.parse(text) as T;
}

const KINDS: Record<string, (value: unknown) => boolean> = {
  any: () => true,
  text: (value) => typeof value === 'string' && value !== '',
  number: (value) => typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
  null: (value) => value === null,
  uuid: isUuid as (value: unknown) => boolean,
  instant: (value) => typeof value === 'string' && /^\d{4}-\d\d-\d\dT.*Z$/.test(value),
};

/** Where an answer differs from the expected shape: names of kinds, values, lists of at least these. */
export function differences(expected: unknown, actual: unknown, whole: boolean, path = ''): string[] {
  if (typeof expected === 'string' && KINDS[expected]) {
    return KINDS[expected](actual) ? [] : [`${path}: ${JSON.stringify(actual)} is not ${expected}`];
  }
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual)) return [`${path} is no list`];
    const [item] = expected as unknown[];
    if (item === undefined) return actual.length === 0 ? [] : [`${path} is not empty`];
    if (actual.length === 0) return [`${path} is empty`];
    return actual.flatMap((each, index) => differences(item, each, whole, `${path}.${index}`));
  }
  if (typeof expected === 'object' && expected !== null) {
    if (typeof actual !== 'object' || actual === null) return [`${path} is no object`];
    const [wanted, given] = [Object.keys(expected), Object.keys(actual)];
    const surplus = whole ? given.filter((name) => !wanted.includes(name)) : [];
    return [
      ...surplus.map((name) => `${path}.${name} is too many`),
      ...Object.entries(expected).flatMap(([name, value]) =>
        name in actual
          ? differences(value, (actual as Record<string, unknown>)[name], whole, `${path}.${name}`)
          : [`${path}.${name} is missing`],
      ),
    ];
  }
  return Object.is(expected, actual)
    ? []
    : [`${path}: ${JSON.stringify(actual)} is not ${JSON.stringify(expected)}`];
}

export function valueAt(answer: unknown, path: string): string {
  const value = path
    .split('.')
    .reduce<unknown>((within, name) => (within as Record<string, unknown> | undefined)?.[name], answer);
  if (typeof value !== 'string') throw new Error(`${path} is not in the answer`);
  return value;
}
