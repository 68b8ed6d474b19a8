import { Instant, Int, Json, OneOf, Text } from '@parley/contracts';

export class LiveResponse {
  @OneOf(['ok']) status: 'ok';
}

export class HealthResponse {
  @OneOf(['ok', 'degraded']) status: 'ok' | 'degraded';
  @Instant() timestamp: string;
  @Json({
    description: 'up, down or unconfigured',
    example: { database: 'up', redis: 'unconfigured', anthropic: 'up', stripe: 'unconfigured' },
  })
  services: Record<string, string>;
  @Text({ example: '0.1.0' }) version: string;
}

/** The figures are for operators. */
export class DetailedHealthResponse extends HealthResponse {
  @Json({ optional: true, description: 'Bytes', example: { used: 71_303_168, total: 134_217_728 } })
  memory?: Record<string, number>;
  @Int({ optional: true, description: 'Seconds since start', example: 86_400 }) uptime?: number;
  @Json({ optional: true, example: { total: 120_000, errors: 3, rate: 12.5 } })
  requests?: Record<string, number>;
  @Json({ optional: true, example: { identity: 'unreachable' } }) perService?: Record<string, unknown>;
}
