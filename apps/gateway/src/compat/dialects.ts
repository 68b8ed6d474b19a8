import { type Json, type JsonObject, isObject, snakePathOf, toBoth, toSnake } from './letter-case';

/** How a family of clients spells; which fields differ in name is a matter of each row. */
export interface Dialect {
  readonly spell: (answer: Json) => Json;
  /** A field's name in an error. */
  readonly spellField: (path: string) => string;
  readonly spellError: (error: JsonObject) => Json;
  /** For the API description. */
  readonly description: string;
}

const same = <T>(value: T): T => value;
const canonicalError = (error: JsonObject): Json => ({ error });

export const DIALECTS = {
  camel: {
    spell: same,
    spellField: same,
    spellError: canonicalError,
    description: 'Fields are in camelCase.',
  },
  snake: {
    spell: toSnake,
    spellField: snakePathOf,
    spellError: canonicalError,
    description: 'Fields are in snake_case.',
  },
  /** Of a path that designs of both spellings share (C-10). */
  both: {
    spell: toBoth,
    spellField: same,
    spellError: canonicalError,
    description: 'Fields may be in camelCase or snake_case, and are answered in both.',
  },
  /** Design 004 (C-61). */
  snakeWithTextErrors: {
    spell: toSnake,
    spellField: snakePathOf,
    spellError: ({ message = null, requestId = null }) => ({ error: message, request_id: requestId }),
    description: 'Fields are in snake_case; errors are `{ "error": "message", "request_id": "…" }`.',
  },
} as const satisfies Record<string, Dialect>;

export type DialectName = keyof typeof DIALECTS;

export const DIALECT_OF = {
  '000': 'camel',
  '001': 'snake',
  '002': 'camel',
  '003': 'snake',
  '004': 'snakeWithTextErrors',
} as const satisfies Record<string, DialectName>;

/** An error of ours with the fields it names in the dialect's words. */
export function respell(error: JsonObject, spell: (path: string) => string): JsonObject {
  const { details, message } = error;
  if (!Array.isArray(details)) return error;
  let text = typeof message === 'string' ? message : '';
  const faults = details.map((fault) => {
    if (!isObject(fault) || typeof fault['field'] !== 'string') return fault;
    const field = spell(fault['field']);
    text = text.replace(fault['field'], field);
    return { ...fault, field };
  });
  return { ...error, message: text, details: faults };
}
