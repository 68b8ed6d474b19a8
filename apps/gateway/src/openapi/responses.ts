import type { OpenAPIObject } from '@nestjs/swagger';
import { CANONICAL_ERROR, type ErrorShape, GOTRUE_ERROR, TEXT_ERROR } from './error-shapes';

export type PathItem = OpenAPIObject['paths'][string];
export type Operation = NonNullable<PathItem['get']> & {
  'x-idempotent'?: boolean;
  'x-rate-class'?: string;
};
type Responses = Operation['responses'];
type Response = Exclude<Responses[string], undefined>;

/** What follows from what a route is, rather than from what it does. */
const USUAL: Readonly<Record<string, { description: string; message: string }>> = {
  400: { description: 'VALIDATION_FAILED: details name the fields', message: 'Invalid input: limit' },
  401: { description: 'INVALID_TOKEN, TOKEN_EXPIRED', message: 'The access token is not valid' },
  403: { description: 'FORBIDDEN', message: 'Your role does not allow this' },
  404: { description: 'NOT_FOUND', message: 'Not found' },
  409: {
    description:
      'IDEMPOTENCY_IN_PROGRESS: see Retry-After; IDEMPOTENCY_OUTCOME_UNKNOWN: the first request was never answered',
    message: 'A request with this Idempotency-Key is being worked on',
  },
  413: { description: 'FILE_TOO_LARGE', message: 'Request body is too large' },
  415: { description: 'UNSUPPORTED_MEDIA_TYPE', message: 'Unsupported Media Type' },
  422: {
    description: 'IDEMPOTENCY_KEY_REUSED: the key came with another request',
    message: 'This Idempotency-Key came with another request before: choose a new one',
  },
  429: { description: 'RATE_LIMITED: see Retry-After', message: 'Over 100 requests; try again later' },
  500: { description: 'INTERNAL', message: 'Internal error' },
  503: { description: 'DEPENDENCY_DOWN', message: 'The service does not answer' },
  504: { description: 'UPSTREAM_TIMEOUT', message: 'The service did not answer in time' },
};

function applies(status: string, path: string, operation: Operation): boolean {
  switch (status) {
    case '400':
      return Boolean(operation.requestBody) || (operation.parameters ?? []).length > 0;
    case '401':
    case '403':
      return operation.security !== undefined;
    case '404':
      return path.includes('{');
    case '409':
    case '422':
      return operation['x-idempotent'] === true;
    case '413':
    case '415':
      return Boolean(operation.requestBody);
    case '429':
      return operation['x-rate-class'] !== 'NONE';
    default:
      return true;
  }
}

const SHAPES = [CANONICAL_ERROR, TEXT_ERROR, GOTRUE_ERROR];
const nameOf = (shape: ErrorShape, status: string): string => `${shape.schema}${status}`;

/** The usual refusals, once for all routes. */
export const SHARED_RESPONSES: Record<string, Response> = Object.fromEntries(
  SHAPES.flatMap((shape) =>
    Object.entries(USUAL).map(([status, { description, message }]) => [
      nameOf(shape, status),
      refusal(status, shape.usual?.[status] ?? description, message, shape),
    ]),
  ),
);

/** Every response of a route: its successes, its own refusals, and the usual ones. */
export function completeResponses(path: string, operation: Operation, shape: ErrorShape): Responses {
  const all: Responses = {};
  for (const status of Object.keys(USUAL)) {
    if (applies(status, path, operation)) {
      all[status] = { $ref: `#/components/responses/${nameOf(shape, status)}` };
    }
  }
  for (const [status, response] of Object.entries(operation.responses)) {
    if (!response || !('description' in response)) continue;
    const { description } = response;
    if (Number(status) < 400) all[status] = response;
    else if (description !== USUAL[status]?.description) {
      const told = all[status] ? join(description, USUAL[status]?.description ?? '') : description;
      all[status] = refusal(status, told, messageIn(description), shape);
    }
  }
  return all;
}

/** A route's own words first; codes it names already are not repeated. */
function join(own: string, usual: string): string {
  const [code = ''] = usual.split(/[:,]/);
  return own.includes(code) ? own : `${own}; ${usual}`;
}

const messageIn = (description: string): string => /: ([^;]+)/.exec(description)?.[1] ?? description;

function refusal(
  status: string,
  description: string,
  message: string,
  shape: ErrorShape,
): Exclude<Responses[string], { $ref: string } | undefined> {
  const [code = 'INTERNAL'] = /[A-Za-z]+(_[A-Za-z]+)*/.exec(description) ?? [];
  return {
    description,
    content: {
      'application/json': {
        schema: { $ref: `#/components/schemas/${shape.schema}` },
        example: shape.example(status, code, message),
      },
    },
  };
}
