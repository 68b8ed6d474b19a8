/** A parameter of Stripe's API: texts, lists and objects of them, as its bracketed forms spell them. */
export type Param = string | Param[] | Params;
export interface Params {
  [name: string]: Param;
}

const PART = /\[([^\]]*)\]/g;
const INDEX = /^\d{1,4}$/;
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

/** Reads `items[0][price]=x&metadata[tenant]=y&expand[]=z`. */
export function parseStripeForm(body: string): Params {
  const root: Params = {};
  for (const [name, value] of new URLSearchParams(body)) {
    const bracket = name.indexOf('[');
    const head = bracket < 0 ? name : name.slice(0, bracket);
    const rest = bracket < 0 ? [] : [...name.slice(bracket).matchAll(PART)].map(([, part]) => part ?? '');
    const path = [head, ...rest];
    if (path.every((part) => !FORBIDDEN.has(part))) place(root, path, value);
  }
  return listed(root) as Params;
}

function place(root: Params, path: readonly string[], value: string): void {
  let at = root;
  path.forEach((part, index) => {
    const name = part === '' ? String(Object.keys(at).length) : part;
    if (index === path.length - 1) {
      at[name] = value;
      return;
    }
    const next = at[name];
    at = at[name] = typeof next === 'object' && !Array.isArray(next) ? next : {};
  });
}

/** Objects whose names count from 0 are lists. */
function listed(param: Param): Param {
  if (typeof param === 'string') return param;
  const entries = Object.entries(param).map(([name, value]) => [name, listed(value)] as const);
  if (entries.length > 0 && entries.every(([name]) => INDEX.test(name)))
    return entries.map(([, value]) => value);
  return Object.fromEntries(entries);
}

export const textIn = (params: Params, name: string): string | undefined => {
  const value = params[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
};

export const numberIn = (params: Params, name: string): number | undefined => {
  const value = textIn(params, name);
  return value === undefined ? undefined : Number(value);
};

export const flagIn = (params: Params, name: string): boolean | undefined => {
  const value = textIn(params, name);
  return value === undefined ? undefined : value === 'true';
};

export const paramsIn = (params: Params, name: string): Params => {
  const value = params[name];
  return typeof value === 'object' && !Array.isArray(value) ? value : {};
};

export const listIn = (params: Params, name: string): Params[] => {
  const value = params[name];
  return Array.isArray(value) ? value.filter((item): item is Params => typeof item === 'object') : [];
};

/** Metadata: texts only; an empty one takes the key away. */
export function metadataIn(params: Params, before: Record<string, string> = {}): Record<string, string> {
  const after = { ...before };
  for (const [key, value] of Object.entries(paramsIn(params, 'metadata'))) {
    if (value === '') delete after[key];
    else if (typeof value === 'string') after[key] = value;
  }
  return after;
}
