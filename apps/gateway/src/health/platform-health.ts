import { Inject, Injectable } from '@nestjs/common';
import {
  type CheckState,
  healthOperation,
  SERVICES,
  type ServiceHealth,
  type ServiceName,
} from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import { CONFIG, Health, requestTotals } from '@parley/platform';
import type { GatewayConfig } from '../config';

export interface PublicHealth {
  status: 'ok' | 'degraded';
  timestamp: string;
  /** 000's names for what the platform depends on. */
  services: Record<'database' | 'redis' | 'anthropic' | 'stripe', CheckState>;
  version: string;
}

export interface DetailedHealth extends PublicHealth {
  memory: { used: number; total: number };
  /** Seconds since start. */
  uptime: number;
  requests: { total: number; errors: number; rate: number };
  perService: Partial<Record<ServiceName, ServiceHealth | 'unreachable'>>;
}

const INNER = SERVICES.filter((service) => service !== 'gateway');
/** A busy monitor must not multiply into RPC. */
const REMEMBER_MS = 1_000;

/** Asks every service how it is. */
@Injectable()
export class PlatformHealth {
  private last: { at: number; states: Promise<Map<ServiceName, ServiceHealth | 'unreachable'>> } | undefined;

  constructor(
    @Inject(RpcClient) private readonly rpc: RpcClient,
    @Inject(Health) private readonly own: Health,
    @Inject(CONFIG) private readonly config: GatewayConfig,
  ) {}

  async report(): Promise<PublicHealth> {
    const states = await this.states();
    const healthy = [...states.values()].every((state) => state !== 'unreachable' && state.status === 'ok');
    const { checks } = await this.own.report();
    return {
      status: healthy ? 'ok' : 'degraded',
      timestamp: new Date().toISOString(),
      services: {
        database: worst([...states.values()].map((state) => checkOf(state, 'database'))),
        redis: checks['redis'] ?? 'unconfigured',
        anthropic: checkOf(states.get('ai-agents'), 'anthropic'),
        stripe: checkOf(states.get('billing'), 'stripe'),
      },
      version: this.config.APP_VERSION,
    };
  }

  async detailed(): Promise<DetailedHealth> {
    const { heapUsed, heapTotal } = process.memoryUsage();
    const { total, errors } = requestTotals();
    const uptime = Math.round(process.uptime());
    return {
      ...(await this.report()),
      memory: { used: heapUsed, total: heapTotal },
      uptime,
      requests: { total, errors, rate: Number((total / Math.max(1, uptime)).toFixed(2)) },
      perService: Object.fromEntries(await this.states()),
    };
  }

  private states(): Promise<Map<ServiceName, ServiceHealth | 'unreachable'>> {
    const now = Date.now();
    if (!this.last || now - this.last.at > REMEMBER_MS) this.last = { at: now, states: this.askAll() };
    return this.last.states;
  }

  private async askAll(): Promise<Map<ServiceName, ServiceHealth | 'unreachable'>> {
    const states = new Map<ServiceName, ServiceHealth | 'unreachable'>();
    await Promise.all(
      INNER.map(async (service) => {
        const answer = this.rpc.call(healthOperation(service), {});
        states.set(service, await answer.catch(() => 'unreachable' as const));
      }),
    );
    return states;
  }
}

function checkOf(state: ServiceHealth | 'unreachable' | undefined, name: string): CheckState {
  if (!state || state === 'unreachable') return 'down';
  return state.checks[name] ?? 'unconfigured';
}

const worst = (states: CheckState[]): CheckState => (states.includes('down') ? 'down' : 'up');
