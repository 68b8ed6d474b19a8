import { Logger, type LoggerService } from '@nestjs/common';
import { findCaller } from '@parley/contracts';
import { pino, type Logger as Pino } from 'pino';

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

type Level = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';

/** Nest's logger on pino: one JSON line per event, with request and tenant of the unit of work. */
export class PinoLogger implements LoggerService {
  private readonly pino: Pino;

  constructor(level: string, base: Record<string, unknown> = {}) {
    this.pino = pino({
      level,
      base,
      redact: { paths: REDACTED, censor: '[redacted]' },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      mixin: () => {
        const caller = findCaller();
        if (!caller) return {};
        const { requestId, tenantId, impersonatorId } = caller;
        return {
          requestId,
          ...(tenantId ? { tenantId } : {}),
          ...(impersonatorId ? { impersonatorId } : {}),
        };
      },
    });
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
