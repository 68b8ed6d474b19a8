import type { Schema } from './examples';

/** How a door spells its errors. */
export interface ErrorShape {
  readonly schema: string;
  /** Where it has other codes than ours for the usual refusals. */
  readonly usual?: Readonly<Record<string, string>>;
  readonly example: (status: string, code: string, message: string) => object;
}

const AT = '2026-11-20T14:05:00.000Z';
const REQUEST = '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0021';

export const CANONICAL_ERROR: ErrorShape = {
  schema: 'ErrorResponse',
  example: (_status, code, message) => ({ error: { code, message, timestamp: AT, requestId: REQUEST } }),
};
export const TEXT_ERROR: ErrorShape = {
  schema: 'TextErrorResponse',
  example: (_status, _code, message) => ({ error: message, request_id: REQUEST }),
};
export const GOTRUE_ERROR: ErrorShape = {
  schema: 'GoTrueErrorResponse',
  usual: {
    400: 'validation_failed, bad_json',
    401: 'no_authorization',
    403: 'bad_jwt, session_not_found',
    429: 'over_request_rate_limit: see Retry-After',
    500: 'unexpected_failure',
    503: 'unexpected_failure',
    504: 'request_timeout',
  },
  example: (status, code, message) => ({ code: Number(status), error_code: code, msg: message }),
};

const text = { type: 'string' } as const;

export const ERROR_SCHEMAS: Record<string, Schema> = {
  ErrorResponse: {
    type: 'object',
    required: ['error'],
    properties: {
      error: {
        type: 'object',
        required: ['code', 'message', 'timestamp', 'requestId'],
        properties: {
          code: { ...text, description: 'Stable; what to branch on' },
          message: text,
          details: {
            description: 'The faulty fields, or facts of the refusal',
            oneOf: [
              {
                type: 'array',
                items: { type: 'object', properties: { field: text, message: text } },
              },
              { type: 'object', additionalProperties: true },
            ],
          },
          timestamp: { ...text, format: 'date-time' },
          requestId: text,
        },
      },
    },
  },
  TextErrorResponse: {
    type: 'object',
    required: ['error', 'request_id'],
    properties: { error: text, request_id: text },
  },
  GoTrueErrorResponse: {
    type: 'object',
    description: 'With `X-Supabase-Api-Version: 2024-01-01` the code is `code` and the text `message`.',
    required: ['code', 'error_code', 'msg'],
    properties: {
      code: { type: 'integer', example: 400 },
      error_code: { ...text, example: 'invalid_credentials' },
      msg: { ...text, example: 'Invalid login credentials' },
    },
  },
};
