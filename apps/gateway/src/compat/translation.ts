import { type CompatRoute, type Names, type Target } from './compat-routes';
import { type Dialect, DIALECT_OF, DIALECTS, respell } from './dialects';
import { isObject, type Json, type JsonObject, toCamel } from './letter-case';

export const dialectOf = ({ design, dialect }: CompatRoute): Dialect =>
  DIALECTS[dialect ?? DIALECT_OF[design]];

/** A design's body or query in our words. What is no object is left for the canonical route to refuse. */
export function readRequest(route: CompatRoute, sent: unknown, kind: 'body' | 'query'): unknown {
  if (!isObject(sent)) return sent;
  const read = renamed(toCamel(sent) as JsonObject, route.names ?? {});
  return kind === 'body' && route.request ? route.request(read) : read;
}

/** Which operation this body means. */
export function targetOf({ or }: CompatRoute, body: unknown): Target | undefined {
  return or && isObject(body) && or.field in body ? or.to : undefined;
}

export interface Told {
  readonly status: number;
  readonly body: Json;
}

/** Our answer in the design's words. */
export function tell(route: CompatRoute, status: number, answer: Json): Told {
  const dialect = dialectOf(route);
  if (status >= 400) return tellError(route, dialect, status, answer);
  const shaped = isObject(answer) && route.answer ? route.answer(answer) : answer;
  return { status, body: dialect.spell(shaped) };
}

function tellError(route: CompatRoute, dialect: Dialect, status: number, answer: Json): Told {
  const error = isObject(answer) ? answer['error'] : undefined;
  if (!isObject(error)) return { status, body: answer };
  const accepted = route.accepts?.[String(error['code'])];
  if (accepted) return { status: 200, body: dialect.spell(accepted) };
  const theirs = inverted(route.names ?? {});
  const spelled = respell(error, (path) => dialect.spellField(theirs[path] ?? path));
  return { status, body: dialect.spellError(spelled) };
}

const renamed = (fields: JsonObject, names: Names): JsonObject =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [names[name] ?? name, value]));

const inverted = (names: Names): Names =>
  Object.fromEntries(Object.entries(names).map(([theirs, ours]) => [ours, theirs]));
