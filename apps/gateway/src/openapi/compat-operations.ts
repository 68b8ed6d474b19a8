import type { CompatRoute } from '../compat/compat-routes';
import { DIALECT_OF, DIALECTS } from '../compat/dialects';
import type { Json } from '../compat/letter-case';
import { tell } from '../compat/translation';
import { CANONICAL_ERROR, TEXT_ERROR } from './error-shapes';
import { completeResponses, type Operation } from './responses';

export const toTemplate = (path: string): string => path.replace(/:(\w+)/g, '{$1}');

/** The canonical operation as a design's clients meet it: its path, its letters, its errors. */
export function inDialect(route: CompatRoute, canonical: Operation): Operation {
  const path = toTemplate(route.path);
  const name = route.dialect ?? DIALECT_OF[route.design];
  const shape = name === 'snakeWithTextErrors' ? TEXT_ERROR : CANONICAL_ERROR;
  const { method = route.method } = route.to;
  const spoken: Operation = {
    ...canonical,
    operationId: `${canonical.operationId ?? ''}_${route.design}_${path.replace(/\W+/g, '_')}`,
    tags: ['compat'],
    deprecated: true,
    description: `Path of design ${route.design}; use ${method} ${route.to.path}. ${DIALECTS[name].description}`,
    parameters: (canonical.parameters ?? []).map((parameter) =>
      'in' in parameter && parameter.in === 'query'
        ? { ...parameter, name: DIALECTS[name].spellField(theirName(route, parameter.name)) }
        : parameter,
    ),
    responses: Object.fromEntries(
      Object.entries(canonical.responses).flatMap(([status, response]) =>
        Number(status) < 400
          ? [[status, respoken(route, status, response)]]
          : response && 'description' in response
            ? [[status, { description: response.description }]]
            : [],
      ),
    ),
  };
  const body = spokenBody(route, canonical.requestBody);
  return {
    ...spoken,
    ...(body ? { requestBody: body } : {}),
    responses: completeResponses(path, spoken, shape),
  };
}

const theirName = (route: CompatRoute, ours: string): string =>
  Object.entries(route.names ?? {}).find(([, name]) => name === ours)?.[0] ?? ours;

type Response = Operation['responses'][string];

function respoken(route: CompatRoute, status: string, response: Response): Response {
  if (!response || !('content' in response)) return response;
  const example = response.content?.['application/json']?.example as Json | undefined;
  if (example === undefined) return response;
  const body = tell(route, Number(status), example).body;
  return { ...response, content: { 'application/json': { schema: { type: 'object' }, example: body } } };
}

function spokenBody(route: CompatRoute, body: Operation['requestBody']): Operation['requestBody'] {
  if (!body || !('content' in body)) return body;
  const example = body.content['application/json']?.example as Record<string, Json> | undefined;
  if (example === undefined) return body;
  const theirs = Object.fromEntries(
    Object.entries(example).map(([name, value]) => [theirName(route, name), value]),
  );
  const dialect = DIALECTS[route.dialect ?? DIALECT_OF[route.design]];
  const spelled = route.dialect === 'both' ? theirs : dialect.spell(theirs);
  return { ...body, content: { 'application/json': { schema: { type: 'object' }, example: spelled } } };
}
