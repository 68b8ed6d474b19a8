import { API_KEY_START, type CallerContext, currentCaller, runAs, Unauthenticated } from '@parley/contracts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { asKeyCaller, type ApiKeys } from './api-keys';
import type { TokenIdentity, TokenVerifier } from './token-verifier';

/** Why a request has no identity, for the guard to tell when the route wants one. */
const refusals = new WeakMap<object, Error>();

export const refusalOf = (request: object): Error =>
  refusals.get(request) ?? new Unauthenticated('Sign in first: send Authorization: Bearer <accessToken>');

export function asCaller(identity: TokenIdentity, base: CallerContext): CallerContext {
  const { userId, tenantId, sessionId, roles, locale, impersonatorId, authenticatedAt, mfa } = identity;
  return {
    ...base,
    userId,
    tenantId,
    sessionId,
    roles,
    locale,
    ...(impersonatorId ? { impersonatorId } : {}),
    ...(authenticatedAt ? { authenticatedAt } : {}),
    ...(mfa ? { mfa } : {}),
  };
}

/** Puts the bearer of a valid token into the request's context. Whether one is needed is the guard's to say. */
export function authenticate(fastify: FastifyInstance, verifier: TokenVerifier, keys: ApiKeys): void {
  fastify.addHook('preValidation', (request, _reply, done) => {
    const token = bearerToken(request);
    if (!token) {
      done();
      return;
    }
    const base = currentCaller();
    const caller = token.startsWith(API_KEY_START)
      ? keys.verify(token).then((key) => asKeyCaller(key, base))
      : verifier.verify(token).then((identity) => asCaller(identity, base));
    caller.then(
      (context) => runAs(context, done),
      (error: unknown) => {
        refusals.set(request, error instanceof Error ? error : new Error(String(error)));
        done();
      },
    );
  });
}

function bearerToken(request: FastifyRequest): string | undefined {
  const header = request.headers.authorization;
  return header?.startsWith('Bearer ') ? header.slice(7) : undefined;
}
