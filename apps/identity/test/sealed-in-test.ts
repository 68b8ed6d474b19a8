import { randomBytes } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { type CallerContext, newId } from '@parley/contracts';
import { SecretExchange } from '@parley/platform';
import { logsAreQuiet } from '@parley/testing';

export const ADMIN: Partial<CallerContext> = { roles: ['super_admin'], userId: newId(), tenantId: newId() };

export const aSecret = (): string => randomBytes(24).toString('hex');

/** What the gateway has in common with identity. */
export function anExchange(): { key: string; exchange: SecretExchange } {
  const key = randomBytes(32).toString('base64');
  return { key, exchange: new SecretExchange(key) };
}

/** Everything that is logged until `stop`. */
export function recordLogs(): { readonly text: string; stop(): void } {
  const lines: string[] = [];
  const write = (...parts: unknown[]): void => {
    lines.push(
      parts.map((part) => (part instanceof Error ? `${part.stack}` : JSON.stringify(part))).join(' '),
    );
  };
  const logger = { log: write, error: write, warn: write, debug: write, verbose: write, fatal: write };
  Logger.overrideLogger(logger);
  return {
    get text() {
      return lines.join('\n');
    },
    stop: () => Logger.overrideLogger(logsAreQuiet ? false : ['log', 'error', 'warn', 'debug']),
  };
}
