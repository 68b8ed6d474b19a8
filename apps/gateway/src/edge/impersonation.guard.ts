import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { ACCESS, type Access } from './decorators';
import { effectOfMethod, ruleOf } from './impersonation-rules';
import { Impersonations } from './impersonations';

/** After `AccessGuard`: what the person may do is known, and what their impersonator may is decided here. */
@Injectable()
export class ImpersonationGuard implements CanActivate {
  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(Impersonations) private readonly impersonations: Impersonations,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return true;
    const access = this.reflector.getAllAndOverride<Access | undefined>(ACCESS, [
      context.getHandler(),
      context.getClass(),
    ]);
    const { method, url } = context.switchToHttp().getRequest<FastifyRequest>();
    const rule = ruleOf(access?.kind === 'permission' ? access.permission : undefined);
    const [path = '/'] = url.split('?', 1);
    await this.impersonations.hold(rule, effectOfMethod(method), { method, path });
    return true;
  }
}
