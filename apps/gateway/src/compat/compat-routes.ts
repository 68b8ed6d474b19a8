import type { DialectName } from './dialects';
import type { Json, JsonObject } from './letter-case';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH';

export interface Target {
  readonly method?: Method;
  /** `:name` carries over the segment of that name. */
  readonly path: string;
  /** Added to the query, where the old path meant more than it said. */
  readonly query?: string;
}

/** Design's name of a field → ours; both in camelCase, whatever the letters on the wire. */
export type Names = Readonly<Record<string, string>>;

/** An answer of ours as the design shows it, still in camelCase. */
export type Shape = (answer: JsonObject) => Json;

/** A path of one of the five designs, the canonical operation that answers it, and how the two differ in words. */
export interface CompatRoute {
  readonly design: '000' | '001' | '002' | '003' | '004';
  readonly method: Exclude<Method, 'PATCH'>;
  /** `:name` stands for one segment. */
  readonly path: string;
  readonly to: Target;
  /** The design's own unless a path belongs to several. */
  readonly dialect?: DialectName;
  /** Names in bodies and queries. */
  readonly names?: Names;
  /** Another operation, for bodies that hold `field`. */
  readonly or?: { readonly field: string; readonly to: Target };
  /** Values in bodies, after names and letters are ours. */
  readonly request?: (body: JsonObject) => JsonObject;
  /** Answers of further canonical GETs, given to `answer` under these names; null when they fail. */
  readonly with?: Readonly<Record<string, string>>;
  readonly answer?: Shape;
  /** Refusals that the design takes for a success, by code, and what it then answers. */
  readonly accepts?: Readonly<Record<string, JsonObject>>;
}

type Rest = Omit<CompatRoute, 'design' | 'method' | 'path' | 'to'>;

/** Rows of one design: `row('PUT /api/users/me', 'PATCH /v1/users/me')`, the method only where it differs. */
export const rowsOf =
  (design: CompatRoute['design']) =>
  (from: `${CompatRoute['method']} /${string}`, to: string, rest: Rest = {}): CompatRoute => {
    const [method, path] = from.split(' ') as [CompatRoute['method'], string];
    return { design, method, path, to: toTarget(to), ...rest };
  };

export function toTarget(text: string): Target {
  const [, method, path = '', query] = /^(?:([A-Z]+) )?([^?]+)(?:\?(.*))?$/.exec(text) ?? [];
  return { path, ...(method ? { method: method as Method } : {}), ...(query ? { query } : {}) };
}
