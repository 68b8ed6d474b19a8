import {
  API_KEY_START,
  type CallerContext,
  currentCaller,
  impersonationOf,
  runAs,
  Unauthenticated,
} from '@parley/contracts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { asKeyCaller, type ApiKeys } from './api-keys';
import type { ImpersonationExchange } from './impersonation-exchange';
import { wantedImpersonation } from './impersonation-header';
import { impersonationForbidden } from './impersonations';
import type { TokenIdentity, TokenVerifier } from './token-verifier';

/** Why a request has no identity, for the guard to tell when the route wants one. */
const refusals = new WeakMap<object, Error>();

export const refusalOf = (request: object): Error =>
  refusals.get(request) ?? new Unauthenticated('Sign in first: send Authorization: Bearer <accessToken>');

export function asCaller(identity: TokenIdentity, base: CallerContext): CallerContext {
  const { userId, tenantId, sessionId, roles, locale, impersonationMode, authenticatedAt, mfa } = identity;
  return {
    ...base,
    userId,
    tenantId,
    sessionId,
    roles,
    locale,
    ...impersonationOf(identity),
    ...(impersonationMode ? { impersonationMode } : {}),
    ...(authenticatedAt ? { authenticatedAt } : {}),
    ...(mfa ? { mfa } : {}),
  };
}

/** Puts the bearer of a valid token into the request's context. Whether one is needed is the guard's to say. */
export function authenticate(
  fastify: FastifyInstance,
  verifier: TokenVerifier,
  keys: ApiKeys,
  impersonations: ImpersonationExchange,
): void {
  fastify.addHook('preValidation', (request, _reply, done) => {
    const token = bearerToken(request);
    if (!token) {
      done();
      return;
    }
    const base = currentCaller();
    const caller = token.startsWith(API_KEY_START)
      ? verifyKey(token, request, keys, base)
      : verifier
          .verify(token)
          .then((bearer) => impersonations.identify(bearer, request.headers, asCaller(bearer, base)))
          .then((identity) => asCaller(identity, base));
    caller.then(
      (context) => runAs(context, done),
      (error: unknown) => {
        refusals.set(request, error instanceof Error ? error : new Error(String(error)));
        done();
      },
    );
  });
}

async function verifyKey(
  token: string,
  { headers }: FastifyRequest,
  keys: ApiKeys,
  base: CallerContext,
): Promise<CallerContext> {
  const key = await keys.verify(token);
  if (wantedImpersonation(headers)) throw impersonationForbidden();
  return asKeyCaller(key, base);
}

function bearerToken(request: FastifyRequest): string | undefined {
  const header = request.headers.authorization;
  return header?.startsWith('Bearer ') ? header.slice(7) : undefined;
}
