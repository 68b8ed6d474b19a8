import type { IncomingMessage } from 'node:http';
import type { CompatRoute } from './compat-routes';
import { DESIGN_000 } from './design-000';
import { DESIGN_001 } from './design-001';
import { DESIGN_002 } from './design-002';
import { DESIGN_003 } from './design-003';
import { DESIGN_004 } from './design-004';

export const COMPAT_ROUTES: readonly CompatRoute[] = [
  ...DESIGN_000,
  ...DESIGN_001,
  ...DESIGN_002,
  ...DESIGN_003,
  ...DESIGN_004,
];

interface Match {
  readonly route: CompatRoute;
  readonly url: string;
}

/** Exact paths before patterns, so that `/dashboard/calls/metrics` is never read as an id (C-16). */
const EXACT = new Map<string, CompatRoute>();
const PATTERNS: { route: CompatRoute; segments: string[] }[] = [];
for (const route of COMPAT_ROUTES) {
  if (route.path.includes(':')) PATTERNS.push({ route, segments: route.path.split('/') });
  else EXACT.set(`${route.method} ${route.path}`, route);
}

const matched = new WeakMap<IncomingMessage, CompatRoute>();

export function findCompat(method: string, url: string): Match | undefined {
  const queryAt = url.indexOf('?');
  const path = queryAt < 0 ? url : url.slice(0, queryAt);
  const query = queryAt < 0 ? '' : url.slice(queryAt);
  const exact = EXACT.get(`${method} ${path}`);
  if (exact) return { route: exact, url: exact.to.path + queryOf(exact, query) };
  const segments = path.split('/');
  for (const { route, segments: pattern } of PATTERNS) {
    if (route.method !== method || pattern.length !== segments.length) continue;
    if (!pattern.every((part, index) => part.startsWith(':') || part === segments[index])) continue;
    const values = new Map(pattern.map((part, index) => [part, segments[index] ?? '']));
    const target = route.to.path.split('/').map((part) => values.get(part) ?? part);
    return { route, url: target.join('/') + queryOf(route, query) };
  }
  return undefined;
}

/** What the design means when its client says nothing, before what the client says. */
const queryOf = ({ to }: CompatRoute, sent: string): string =>
  to.query ? `?${to.query}${sent.replace('?', '&')}` : sent;

/** Sends a design's path to the canonical handler before routing: no redirect, same handler, same checks. */
export function rewriteCompat(request: IncomingMessage): string {
  const url = request.url ?? '/';
  const match = findCompat(request.method ?? 'GET', url);
  if (!match) return url;
  matched.set(request, match.route);
  if (match.route.to.method) request.method = match.route.to.method;
  return match.url;
}

/** The row through which a request came, if any. */
export const compatRouteOf = (request: IncomingMessage): CompatRoute | undefined => matched.get(request);
