import { timingSafeEqual } from 'node:crypto';
import { Controller, Get, Header, Headers, Inject, Ip } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiTags } from '@nestjs/swagger';
import { getJwks, JwksResponse, Unauthenticated } from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import { CONFIG } from '@parley/platform';
import { register } from 'prom-client';
import type { GatewayConfig } from '../config';
import { Answers, Limited, Public } from '../edge/decorators';
import { DetailedHealthResponse, HealthResponse, LiveResponse } from './health.dto';
import { PlatformHealth, type DetailedHealth, type PublicHealth } from './platform-health';

const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

@Controller()
@ApiTags('operations')
@Public()
@Limited('NONE')
export class HealthController {
  constructor(
    @Inject(PlatformHealth) private readonly health: PlatformHealth,
    @Inject(RpcClient) private readonly rpc: RpcClient,
    @Inject(CONFIG) private readonly config: GatewayConfig,
  ) {}

  @Get('health/live')
  @Answers('Whether the process runs', LiveResponse)
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('health/ready')
  @Answers('Whether requests can be answered', HealthResponse)
  ready(): Promise<PublicHealth> {
    return this.health.report();
  }

  @Get('health')
  @Answers('State of the platform and what it depends on', HealthResponse)
  get(): Promise<PublicHealth> {
    return this.health.report();
  }

  @Get('health/detailed')
  @Answers(
    'State per service; memory, uptime and request figures for operators only (C-72)',
    DetailedHealthResponse,
  )
  detailed(
    @Headers('authorization') authorization: string | undefined,
    @Ip() ip: string,
  ): Promise<PublicHealth | DetailedHealth> {
    return this.isOperator(authorization, ip) ? this.health.detailed() : this.health.report();
  }

  @Get('metrics')
  @ApiExcludeEndpoint()
  @Header('content-type', register.contentType)
  metrics(@Headers('authorization') authorization: string | undefined, @Ip() ip: string): Promise<string> {
    if (!this.isOperator(authorization, ip)) throw new Unauthenticated('Metrics need the operator token');
    return register.metrics();
  }

  @Get('.well-known/jwks.json')
  @Answers('Public keys of access tokens', JwksResponse)
  @Header('cache-control', 'public, max-age=300')
  jwks(): Promise<string> {
    return this.rpc.forward(getJwks, {});
  }

  private isOperator(authorization: string | undefined, ip: string): boolean {
    const { OPS_TOKEN: token, NODE_ENV: mode } = this.config;
    if (!token) return mode !== 'production' && LOOPBACK.has(ip);
    const given = Buffer.from(authorization ?? '');
    const wanted = Buffer.from(`Bearer ${token}`);
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  }
}
