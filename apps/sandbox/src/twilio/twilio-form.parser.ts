import type { FastifyInstance } from 'fastify';

/** A parameter received several times becomes a list, as with `StatusCallbackEvent`. */
export type ReceivedForm = Record<string, string | string[] | undefined>;

export function parseFormBodies(scope: FastifyInstance): void {
  scope.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    async (_request: unknown, body: string | Buffer) => parseForm(body.toString()),
  );
}

function parseForm(text: string): ReceivedForm {
  const sent = new URLSearchParams(text);
  const form: ReceivedForm = {};
  for (const name of new Set(sent.keys())) {
    const values = sent.getAll(name);
    form[name] = values.length > 1 ? values : values[0];
  }
  return form;
}

export function textOf(form: ReceivedForm, name: string): string | undefined {
  const value = form[name];
  const text = Array.isArray(value) ? value[0] : value;
  return text === '' ? undefined : text;
}

export function listOf(form: ReceivedForm, name: string): string[] {
  const value = form[name];
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
