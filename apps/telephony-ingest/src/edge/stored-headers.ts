import type { IncomingHttpHeaders } from 'node:http';

const LEFT_OUT = new Set([
  'authorization',
  'proxy-authorization',
  'cookie',
  'x-vapi-secret',
  'x-api-key',
  'connection',
  'keep-alive',
]);

/** Headers as the journal keeps them, as JSON: without what would authenticate whoever reads it. */
export function storedHeaders(headers: IncomingHttpHeaders): Record<string, string | string[] | undefined> {
  const kept: Record<string, string | string[] | undefined> = {};
  for (const name in headers) if (!LEFT_OUT.has(name)) kept[name] = headers[name];
  return kept;
}
