import { createHash, timingSafeEqual } from 'node:crypto';
import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '@parley/platform';
import type { FastifyRequest } from 'fastify';
import type { GatewayConfig } from '../config';
import { GoTrueRefusal } from './gotrue.errors';

/** The public key of the installation, where it wants one. It says which site calls, never who. */
@Injectable()
export class AnonKeyGuard implements CanActivate {
  constructor(@Inject(CONFIG) private readonly config: GatewayConfig) {}

  canActivate(context: ExecutionContext): boolean {
    const wanted = this.config.SUPABASE_ANON_KEY;
    if (!wanted) return true;
    const { headers, query } = context.switchToHttp().getRequest<FastifyRequest>();
    const given = headers['apikey'] ?? (query as { apikey?: unknown } | undefined)?.apikey;
    if (typeof given !== 'string') {
      throw new GoTrueRefusal(401, 'no_authorization', 'No API key found in request');
    }
    if (timingSafeEqual(digest(given), digest(wanted))) return true;
    throw new GoTrueRefusal(401, 'no_authorization', 'Invalid API key');
  }
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
