import { randomBytes } from 'node:crypto';

export class AnthropicError extends Error {
  constructor(
    readonly status: number,
    readonly type: string,
    message: string,
    readonly headers: Record<string, string> = {},
  ) {
    super(message);
  }
}

export function newRequestId(): string {
  return `req_011${randomBytes(10).toString('hex')}`;
}

export function errorBody(type: string, message: string, requestId: string): object {
  return { type: 'error', error: { type, message }, request_id: requestId };
}

export function invalidRequest(message: string): AnthropicError {
  return new AnthropicError(400, 'invalid_request_error', message);
}

export const OVERLOADED = new AnthropicError(529, 'overloaded_error', 'Overloaded');
