import type { IncomingHttpHeaders } from 'node:http';

/** What would authenticate whoever reads it, and what says nothing about the event. */
const LEFT_OUT = new Set([
  'authorization',
  'proxy-authorization',
  'cookie',
  'x-vapi-secret',
  'x-api-key',
  'connection',
  'keep-alive',
  'host',
  'accept',
  'accept-encoding',
  'accept-language',
  'content-length',
  'content-type',
]);

/** Headers as the journal keeps them. The content type has a column of its own. */
export function storedHeaders(headers: IncomingHttpHeaders): Record<string, string | string[] | undefined> {
  const kept: Record<string, string | string[] | undefined> = {};
  for (const name in headers) if (!LEFT_OUT.has(name)) kept[name] = headers[name];
  return kept;
}
