import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { currentCaller, Forbidden } from '@parley/contracts';
import type { FastifyRequest } from 'fastify';
import { refusalOf } from './authentication';
import { ACCESS, type Access } from './decorators';
import { holds } from './permissions';

/** The one place where a route's declared permission is checked. A route that declares none is refused. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(@Inject(Reflector) private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    if (context.getType() !== 'http') return true;
    const access = this.reflector.getAllAndOverride<Access | undefined>(ACCESS, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (access?.kind === 'public') return true;
    const { userId, apiKeyId, roles, scopes } = currentCaller();
    if (!userId && !apiKeyId) throw refusalOf(context.switchToHttp().getRequest<FastifyRequest>());
    if (access && holds(roles, access.permission, scopes)) return true;
    if (apiKeyId) throw new Forbidden('The scopes of this service token do not allow this');
    throw new Forbidden('Your role does not allow this');
  }
}
