import {
  type CallHandler,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { currentCaller, runAs } from '@parley/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { hashOfRequest, readKey, type StoredAnswer } from './idempotency';
import { Idempotency } from './idempotency.service';
import { type Idempotence, IDEMPOTENT } from './idempotent.decorator';

const JSON_TYPE = 'application/json; charset=utf-8';

/** Outermost: what a handler answered is kept as it is sent, and pipes' refusals free the key. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(Idempotency) private readonly idempotency: Idempotency,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'http') return next.handle();
    const declared = this.reflector.get<Idempotence | undefined>(IDEMPOTENT, context.getHandler());
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const key = declared && readKey(request.headers['idempotency-key']);
    const { tenantId, userId, apiKeyId } = currentCaller();
    const actorId = userId ?? apiKeyId;
    if (!declared || key === undefined || !tenantId || !actorId) return next.handle();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const scope = { tenantId, actorId, route: `${request.method} ${request.routeOptions.url ?? ''}`, key };
    const act = () => perform(next, reply, key);
    return from(this.once(scope, request, declared.repeatable, act, reply));
  }

  private async once(
    scope: Parameters<Idempotency['once']>[0],
    { params, query, body }: FastifyRequest,
    repeatable: boolean,
    act: () => Promise<StoredAnswer>,
    reply: FastifyReply,
  ): Promise<string | undefined> {
    const hash = hashOfRequest({ params, query, body });
    const outcome = await this.idempotency.once(scope, hash, repeatable, act);
    if (outcome.replayed) void reply.header('idempotency-replayed', 'true');
    void reply.status(outcome.status).headers({ ...outcome.headers });
    return outcome.body;
  }
}

async function perform(
  next: CallHandler,
  reply: FastifyReply,
  idempotencyKey: string,
): Promise<StoredAnswer> {
  const context = { ...currentCaller(), idempotencyKey };
  const result = await runAs(context, () => lastValueFrom(next.handle() as Observable<unknown>));
  const body = typeof result === 'string' || result === undefined ? result : JSON.stringify(result);
  const location = reply.getHeader('location');
  return {
    status: reply.statusCode,
    headers: {
      ...(body === undefined ? {} : { 'content-type': JSON_TYPE }),
      ...(typeof location === 'string' ? { location } : {}),
    },
    body,
  };
}
