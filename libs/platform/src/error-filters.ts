import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { RpcExceptionFilter } from '@nestjs/common';
import {
  AppError,
  type ErrorKind,
  ERROR_STATUS,
  findCaller,
  type WireError,
  toWireError,
} from '@parley/contracts';
import type { FastifyReply } from 'fastify';
import { type Observable, throwError } from 'rxjs';

/** Hands errors of message handlers on to the dispatcher as they are. */
@Catch()
export class MessageErrorFilter implements RpcExceptionFilter<unknown> {
  catch(error: unknown): Observable<never> {
    return throwError(() => error);
  }
}

/** The body every error has, whatever raised it. */
export interface ErrorBody {
  error: Omit<WireError, 'kind'> & { timestamp: string; requestId: string };
}

export function toErrorBody(error: AppError): ErrorBody {
  const { code, message, details } = error;
  return {
    error: {
      code,
      message,
      ...(details === undefined ? {} : { details }),
      timestamp: new Date().toISOString(),
      requestId: findCaller()?.requestId ?? 'unknown',
    },
  };
}

const KIND_BY_STATUS = new Map<number, ErrorKind>(
  Object.entries(ERROR_STATUS).map(([kind, status]) => [status, kind as ErrorKind]),
);

const CODES: Partial<Record<number, string>> = {
  400: 'VALIDATION_FAILED',
  401: 'INVALID_TOKEN',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  409: 'STATE_CONFLICT',
  413: 'FILE_TOO_LARGE',
  414: 'URI_TOO_LONG',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  429: 'RATE_LIMITED',
};

/** Errors of Nest and Fastify in our words; anything unknown becomes INTERNAL without its text. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const status = statusOf(error);
  const kind = status === undefined ? undefined : KIND_BY_STATUS.get(status);
  if (status === undefined || kind === undefined || status >= 500) {
    const wire = toWireError(error);
    return new AppError(wire.kind, wire.code, wire.message, undefined, { cause: error });
  }
  return new AppError(kind, CODES[status] ?? kind.toUpperCase(), (error as Error).message);
}

function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' ? status : undefined;
}

/** One filter for all of HTTP. A service with both doors shares it: its messages keep their errors as they are. */
@Catch()
export class HttpErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger('Http');

  catch(error: unknown, host: ArgumentsHost): void | Observable<never> {
    if (host.getType() === 'rpc') return throwError(() => error);
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const refusal = toAppError(error);
    if (refusal.status >= 500) this.logger.error({ err: error, code: refusal.code }, 'request failed');
    const retryAfter = retryAfterSeconds(refusal);
    if (retryAfter !== undefined) void reply.header('retry-after', String(retryAfter));
    void reply.status(refusal.status).send(toErrorBody(refusal));
  }
}

function retryAfterSeconds({ details }: AppError): number | undefined {
  if (!details || Array.isArray(details)) return undefined;
  const seconds = details['retryAfterSeconds'];
  return typeof seconds === 'number' ? Math.ceil(seconds) : undefined;
}
