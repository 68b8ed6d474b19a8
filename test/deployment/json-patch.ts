import { isDeepStrictEqual } from 'node:util';

export interface JsonOperation {
  op: 'add' | 'replace' | 'remove' | 'test';
  path: string;
  value?: unknown;
}

/** RFC 6902 without move and copy. Changes the document in place. */
export function applyJsonPatch(document: object, operations: JsonOperation[]): void {
  for (const operation of operations) apply(document, operation);
}

function apply(document: object, { op, path, value }: JsonOperation): void {
  const keys = path.split('/').slice(1).map(unescapeKey);
  const last = keys.pop();
  if (last === undefined) throw new Error(`${op} ${path}: the whole document cannot be changed`);
  const parent = keys.reduce<unknown>((node, key) => child(node, key), document);
  if (typeof parent !== 'object' || parent === null) throw new Error(`${op} ${path}: no such parent`);
  if (op !== 'add' && child(parent, last) === undefined) throw new Error(`${op} ${path}: no such value`);
  if (op === 'test') {
    if (!isDeepStrictEqual(child(parent, last), value)) throw new Error(`test ${path}: the value differs`);
  } else if (Array.isArray(parent)) {
    const index = last === '-' ? parent.length : Number(last);
    parent.splice(index, op === 'add' ? 0 : 1, ...(op === 'remove' ? [] : [structuredClone(value)]));
  } else if (op === 'remove') {
    Reflect.deleteProperty(parent, last);
  } else {
    Reflect.set(parent, last, structuredClone(value));
  }
}

const unescapeKey = (key: string): string => key.replaceAll('~1', '/').replaceAll('~0', '~');

const child = (node: unknown, key: string): unknown =>
  typeof node === 'object' && node !== null ? (Reflect.get(node, key) as unknown) : undefined;
