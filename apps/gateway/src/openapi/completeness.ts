import type { OpenAPIObject } from '@nestjs/swagger';
import { AUDITED, UNAUDITED } from '../audit/audited';
import type { Operation } from './responses';

type Marked = Operation & {
  'x-permission'?: string;
  'x-public'?: boolean;
  'x-step-up'?: boolean;
  [AUDITED]?: string[];
  [UNAUDITED]?: string;
};

/** What a reader of the document would miss, one line per route and fault. */
export function findGaps(document: OpenAPIObject): string[] {
  const tags = new Map((document.tags ?? []).map(({ name, description }) => [name, description]));
  const ids = new Set<string>();
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item as Record<string, Marked>).flatMap(([method, operation]) => {
      const id = operation.operationId ?? '';
      const gaps = [
        ...gapsOf(operation),
        ...(mustBeAudited(method, operation) ? ['neither audited nor declared not to be'] : []),
        ...(operation.tags ?? ['none'])
          .filter((tag) => !tags.get(tag))
          .map((tag) => `tag ${tag} is not described`),
        ...(ids.has(id) ? [`operationId ${id} is taken`] : []),
      ];
      ids.add(id);
      return gaps.map((gap) => `${method} ${path}: ${gap}`);
    }),
  );
}

/** What changes something by permission, or shows what needs fresh proof. Doors open to the world have no actor yet. */
const mustBeAudited = (method: string, operation: Marked): boolean =>
  operation['x-public'] !== true &&
  (method !== 'get' || operation['x-step-up'] === true) &&
  !operation[AUDITED] &&
  !operation[UNAUDITED];

function gapsOf(operation: Marked): string[] {
  const { summary, responses, requestBody, security } = operation;
  const isPublic = operation['x-public'] === true;
  const gaps: [string, boolean][] = [
    ['no summary', !summary],
    ['neither a permission nor public', !isPublic && !operation['x-permission']],
    ['no security scheme', !isPublic && !security],
    ['no body in its answer', !Object.entries(responses).some(([status, each]) => answers(status, each))],
    ['no example of its body', Boolean(requestBody) && !hasExample(requestBody)],
    ['no refusals', !Object.keys(responses).some((status) => Number(status) >= 400)],
  ];
  return gaps.filter(([, found]) => found).map(([gap]) => gap);
}

/** An example of what comes back, or a status that says that nothing does, or elsewhere. */
const answers = (status: string, response: Operation['responses'][string]): boolean =>
  /^(202|204|3..)$/.test(status) ? true : /^2/.test(status) && hasExample(response);

const hasExample = (holder: unknown): boolean => {
  const media = (holder as { content?: Record<string, { example?: unknown; schema?: unknown }> }).content;
  const json = media?.['application/json'];
  return json === undefined ? media !== undefined : json.example !== undefined && json.schema !== undefined;
};
