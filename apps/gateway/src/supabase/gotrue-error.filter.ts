import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import { toAppError } from '@parley/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GoTrueRefusal, toGoTrueRefusal } from './gotrue.errors';

export const API_VERSION_HEADER = 'x-supabase-api-version';
const SECOND_VERSION = '2024-01-01';

/** Errors as GoTrue sends them: `{code, error_code, msg}`, or `{code, message}` to clients of its second version. */
@Catch()
export class GoTrueErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger('Supabase');

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const refusal = this.read(error, request);
    const seconds = retryAfterOf(error);
    if (seconds !== undefined) void reply.header('retry-after', String(seconds));
    const version = request.headers[API_VERSION_HEADER];
    const second =
      typeof version === 'string' && /^\d{4}-\d\d-\d\d$/.test(version) && version >= SECOND_VERSION;
    if (second) void reply.header(API_VERSION_HEADER, SECOND_VERSION);
    const { status, errorCode, message, weakPassword } = refusal;
    const more = weakPassword ? { weak_password: weakPassword } : {};
    void reply
      .status(status)
      .send(
        second
          ? { code: errorCode, message, ...more }
          : { code: status, error_code: errorCode, msg: message, ...more },
      );
  }

  private read(error: unknown, request: FastifyRequest): GoTrueRefusal {
    if (error instanceof GoTrueRefusal) return error;
    const known = toAppError(error);
    if (known.status >= 500) this.logger.error({ err: error, code: known.code }, 'request failed');
    if (known.status === 401 && !request.headers.authorization) {
      return new GoTrueRefusal(401, 'no_authorization', 'This endpoint requires a valid Bearer token');
    }
    return toGoTrueRefusal(known);
  }
}

function retryAfterOf(error: unknown): number | undefined {
  const { details } = toAppError(error);
  if (!details || Array.isArray(details)) return undefined;
  const seconds = details['retryAfterSeconds'];
  return typeof seconds === 'number' ? Math.ceil(seconds) : undefined;
}
