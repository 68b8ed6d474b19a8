import { Invalid } from '@parley/contracts';

export type Json = string | number | boolean | null | Json[] | JsonObject;
export interface JsonObject {
  [field: string]: Json;
}

/** What these hold is the caller's own and keeps its letters. */
const OPAQUE = new Set(['metadata', 'payload', 'rawPayload', 'structuredData', 'dynamicVariables']);

const snakeOf = (name: string): string => name.replace(/(?<=[a-z0-9])([A-Z])/g, '_$1').toLowerCase();
const camelOf = (name: string): string =>
  name.replace(/(?<=[A-Za-z0-9])_([a-z0-9])/g, (_all, letter: string) => letter.toUpperCase());

/** A path of fields, such as `items.0.phone`. */
export const snakePathOf = (path: string): string => path.split('.').map(snakeOf).join('.');
export const camelPathOf = (path: string): string => path.split('.').map(camelOf).join('.');

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function toSnake(value: Json): Json {
  return recase(value, (name) => [snakeOf(name)]);
}

/** Each field under both names. */
export function toBoth(value: Json): Json {
  return recase(value, (name) => [...new Set([name, snakeOf(name)])]);
}

/** @throws Invalid when a field comes under both names */
export function toCamel(value: Json): Json {
  return recase(value, (name) => [camelOf(name)]);
}

function recase(value: Json, namesOf: (name: string) => string[]): Json {
  if (Array.isArray(value)) return value.map((each) => recase(each, namesOf));
  if (!isObject(value)) return value;
  const fields = new Map<string, Json>();
  for (const [name, content] of Object.entries(value)) {
    const inner = OPAQUE.has(camelOf(name)) ? content : recase(content, namesOf);
    for (const each of namesOf(name)) {
      if (fields.has(each)) {
        throw new Invalid(`Invalid input: ${each}`, [{ field: each, message: 'is given twice' }]);
      }
      fields.set(each, inner);
    }
  }
  return Object.fromEntries(fields);
}
