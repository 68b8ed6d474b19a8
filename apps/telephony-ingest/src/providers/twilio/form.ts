import { parse } from 'node:querystring';
import { Invalid } from '@parley/contracts';
import type { WebhookRequest } from '../../edge/webhook';

/** Decoded parameters; a name sent several times has all its values. */
export type TwilioForm = Readonly<Record<string, string | string[] | undefined>>;

export function isJson(request: WebhookRequest): boolean {
  return request.headers['content-type']?.startsWith('application/json') ?? false;
}

/** @throws Invalid when a JSON body is not an object */
export function readTwilioForm(request: WebhookRequest): TwilioForm {
  if (!isJson(request)) return withOwnLists(parse(request.body.toString(), '&', '=', { maxKeys: 0 }));
  try {
    const fields: unknown = JSON.parse(request.body.toString());
    if (typeof fields === 'object' && fields !== null && !Array.isArray(fields)) return onlyTexts(fields);
  } catch (error) {
    throw malformed(error);
  }
  throw malformed();
}

export function field(form: TwilioForm, name: string): string | undefined {
  const value = form[name];
  return (Array.isArray(value) ? value[0] : value) || undefined;
}

/** Twilio's verifier tells lists by `instanceof`, which fails for those that Node made in another realm. */
function withOwnLists(form: NodeJS.Dict<string | string[]>): TwilioForm {
  for (const name in form) {
    const value = form[name];
    if (Array.isArray(value)) form[name] = [...value];
  }
  return form;
}

function onlyTexts(fields: object): TwilioForm {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]: [string, unknown]) =>
      typeof value === 'string' || typeof value === 'number' ? [[name, String(value)]] : [],
    ),
  );
}

function malformed(cause?: unknown): Invalid {
  const refusal = new Invalid('The body is not a JSON object', [{ field: 'body', message: 'must be JSON' }]);
  refusal.cause = cause;
  return refusal;
}
