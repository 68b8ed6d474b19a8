import { Logger, type LoggerService } from '@nestjs/common';
import { findCaller, impersonationOf } from '@parley/contracts';
import { type DestinationStream, type Logger as Pino, type LoggerOptions, pino } from 'pino';

/** Names that must not reach a log, wherever they stand. Phones and transcripts are personal (DESIGN 11). */
const REDACTED = [
  'password',
  'token',
  'accessToken',
  'refreshToken',
  'secret',
  'authorization',
  'cookie',
  'transcript',
  'phone',
  'from',
  'to',
].flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

interface LoggedError {
  type: string;
  message: string;
  stack?: string;
  code?: unknown;
  cause?: LoggedError;
}

/** Errors of drivers carry whole clients and statements with them: only what tells the story is kept. */
function toLoggedError(error: unknown): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) };
  const { name, message, stack, cause } = error;
  const code: unknown = (error as { code?: unknown }).code;
  return {
    type: name,
    message,
    ...(stack ? { stack } : {}),
    ...(code === undefined ? {} : { code }),
    ...(cause === undefined ? {} : { cause: toLoggedError(cause) }),
  };
}

type Level = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';

/** Nest's logger on pino: one JSON line per event, with request and tenant of the unit of work. */
export class PinoLogger implements LoggerService {
  private readonly pino: Pino;

  constructor(level: string, base: Record<string, unknown> = {}, destination?: DestinationStream) {
    const options: LoggerOptions = {
      level,
      base,
      redact: { paths: REDACTED, censor: '[redacted]' },
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: toLoggedError },
      formatters: { level: (label) => ({ level: label }) },
      mixin: () => {
        const caller = findCaller();
        if (!caller) return {};
        const { requestId, tenantId, userId, impersonatorId } = caller;
        return {
          requestId,
          ...(tenantId ? { tenantId } : {}),
          ...(impersonatorId ? { ...(userId ? { userId } : {}), ...impersonationOf(caller) } : {}),
        };
      },
    };
    this.pino = destination ? pino(options, destination) : pino(options);
  }

  log(message: unknown, ...rest: unknown[]): void {
    this.write('info', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  /** Nest passes the logger's name as the last argument; ours pass facts first and the text second. */
  private write(level: Level, message: unknown, rest: unknown[]): void {
    const context = rest.at(-1);
    if (message instanceof Error) {
      this.pino[level]({ context, err: message }, message.message);
    } else if (typeof message === 'object' && message !== null) {
      const words = rest.length > 1 ? String(rest[0]) : undefined;
      this.pino[level]({ context, ...message }, words);
    } else {
      const stack = rest.length > 1 ? { stack: rest[0] } : {};
      this.pino[level]({ context, ...stack }, String(message));
    }
  }
}

/** All services of a process share one logger. */
export function useLogger(level: string, base?: Record<string, unknown>): PinoLogger {
  const logger = new PinoLogger(level, base);
  Logger.overrideLogger(logger);
  return logger;
}
