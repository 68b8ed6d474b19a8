import { createServer, type Server } from 'node:http';
import { Logger } from '@nestjs/common';
import type { CheckState, ServiceHealth, ServiceName } from '@parley/contracts';
import { collectDefaultMetrics, register } from 'prom-client';

export type Check = () => Promise<CheckState> | CheckState;

const CHECK_TIMEOUT_MS = 800;

/** What a service depends on, and whether that answers. Providers being down never makes a service unready. */
export class Health {
  private readonly required = new Map<string, Check>();
  private readonly informative = new Map<string, Check>();
  private readonly startedAt = new Date().toISOString();

  constructor(
    private readonly service: ServiceName,
    private readonly version: string,
  ) {}

  /** Without this the service is not ready. */
  require(name: string, check: Check): void {
    this.required.set(name, check);
  }

  /** Shown, but no reason to take the service out of rotation. */
  inform(name: string, check: Check): void {
    this.informative.set(name, check);
  }

  async report(): Promise<ServiceHealth> {
    const required = await runAll(this.required);
    const informative = await runAll(this.informative);
    return {
      service: this.service,
      status: Object.values(required).includes('down') ? 'degraded' : 'ok',
      checks: { ...required, ...informative },
      version: this.version,
      startedAt: this.startedAt,
    };
  }
}

async function runAll(checks: ReadonlyMap<string, Check>): Promise<Record<string, CheckState>> {
  const entries = [...checks].map(async ([name, check]) => [name, await runOne(check)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

async function runOne(check: Check): Promise<CheckState> {
  const late = new Promise<CheckState>((resolve) =>
    setTimeout(() => resolve('down'), CHECK_TIMEOUT_MS).unref(),
  );
  try {
    return await Promise.race([Promise.resolve(check()), late]);
  } catch {
    return 'down';
  }
}

let defaultsCollected = false;

/** Health and metrics on a port of their own, for the orchestrator and Prometheus, not for the world. */
export function serveInternals(health: Health, port: number, host: string): Promise<Server> {
  collectDefaults();
  const logger = new Logger('Internals');
  const server = createServer((request, response) => {
    const answer = (status: number, body: string, type = 'application/json'): void => {
      response.writeHead(status, { 'content-type': type }).end(body);
    };
    const respond = async (): Promise<void> => {
      switch (request.url) {
        case '/health/live':
          return answer(200, '{"status":"ok"}');
        case '/health':
        case '/health/ready':
        case '/health/detailed': {
          const report = await health.report();
          return answer(report.status === 'ok' ? 200 : 503, JSON.stringify(report));
        }
        case '/metrics':
          return answer(200, await register.metrics(), register.contentType);
        default:
          return answer(404, '{"error":{"code":"NOT_FOUND","message":"Not found"}}');
      }
    };
    respond().catch((error: unknown) => {
      logger.error({ err: error }, 'internal endpoint failed');
      answer(500, '{"error":{"code":"INTERNAL","message":"Internal error"}}');
    });
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve(server));
  });
}

export function collectDefaults(): void {
  if (defaultsCollected) return;
  defaultsCollected = true;
  collectDefaultMetrics();
}
