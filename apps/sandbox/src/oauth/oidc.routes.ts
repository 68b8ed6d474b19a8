import { setTimeout as pause } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { servedFaults } from '../faults/served-faults';
import type { FaultSwitches } from '../faults/fault-switches';
import { parseFormBodies, type ReceivedForm, textOf } from '../twilio/twilio-form.parser';
import { authorize, type OAuthWorld } from './oauth-authorize';
import { answersChallenge, type Grant } from './oauth-grants';
import { type IdTokens, profileOf, subjectInUserinfo } from './oauth-id-token';

/** Paths as at the provider, below its folder. */
export interface OidcDialect {
  provider: 'google' | 'linkedin';
  issuer: string;
  authorize: string;
  token: string;
  userinfo: string;
  jwks: string;
  expiresInSeconds: number;
  /** Google proves PKCE; LinkedIn refuses clients that send it. */
  pkce: boolean;
}

export const GOOGLE: OidcDialect = {
  provider: 'google',
  issuer: '/google',
  authorize: '/google/o/oauth2/v2/auth',
  token: '/google/token',
  userinfo: '/google/v1/userinfo',
  jwks: '/google/oauth2/v3/certs',
  expiresInSeconds: 3_599,
  pkce: true,
};

export const LINKEDIN: OidcDialect = {
  provider: 'linkedin',
  issuer: '/linkedin/oauth',
  authorize: '/linkedin/oauth/v2/authorization',
  token: '/linkedin/oauth/v2/accessToken',
  userinfo: '/linkedin/v2/userinfo',
  jwks: '/linkedin/oauth/openid/jwks',
  expiresInSeconds: 5_184_000,
  pkce: false,
};

const SLOW_MS = 10_000;

/** The address a request came to: the issuer is whatever the platform calls us. */
export const originOf = ({ headers }: FastifyRequest): string => `http://${headers.host ?? 'localhost'}`;

/** @param publicUrl where browsers find the sandbox, if not where the platform does */
export function registerOidc(
  app: FastifyInstance,
  dialect: OidcDialect,
  world: OAuthWorld & { idTokens: IdTokens },
  faults: FaultSwitches,
  publicUrl: string | undefined,
): void {
  const { provider, pkce } = dialect;
  const issuerOf = (request: FastifyRequest): string => originOf(request) + dialect.issuer;
  app.register(async (scope) => {
    parseFormBodies(scope);
    scope.addHook(
      'onRequest',
      servedFaults(faults, () => ({ error: 'temporarily_unavailable' })),
    );
    scope.get(`${dialect.issuer}/.well-known/openid-configuration`, (request) => ({
      issuer: issuerOf(request),
      authorization_endpoint: (publicUrl ?? originOf(request)) + dialect.authorize,
      token_endpoint: originOf(request) + dialect.token,
      userinfo_endpoint: originOf(request) + dialect.userinfo,
      jwks_uri: originOf(request) + dialect.jwks,
      response_types_supported: ['code'],
      subject_types_supported: [provider === 'google' ? 'public' : 'pairwise'],
      id_token_signing_alg_values_supported: ['RS256'],
      scopes_supported: ['openid', 'email', 'profile'],
      ...(pkce
        ? { code_challenge_methods_supported: ['S256'], authorization_response_iss_parameter_supported: true }
        : {}),
    }));
    scope.get(dialect.jwks, () => world.idTokens.jwks());
    scope.get(
      dialect.authorize,
      authorize(world, provider, (request): Record<string, string> =>
        provider === 'google'
          ? { iss: issuerOf(request), scope: 'openid email profile', authuser: '0', prompt: 'consent' }
          : {},
      ),
    );
    scope.post(dialect.token, async (request, reply) => {
      const form = (request.body ?? {}) as ReceivedForm;
      const clientSecret = textOf(form, 'client_secret');
      if (!clientSecret) return refuse(reply, 401, 'invalid_client');
      const grant = grantFor(form, dialect, world);
      if (typeof grant === 'string') return refuse(reply, grant === 'invalid_client' ? 401 : 400, grant);
      if (grant.fault === 'slow') await pause(SLOW_MS, undefined, { ref: false });
      if (grant.fault === 'unavailable') return refuse(reply, 503, 'temporarily_unavailable');
      return reply.header('cache-control', 'no-store').send({
        access_token: world.grants.issueToken(grant, clientSecret),
        expires_in: dialect.expiresInSeconds,
        scope: 'openid email profile',
        token_type: 'Bearer',
        id_token: await world.idTokens.sign(grant, issuerOf(request)),
      });
    });
    scope.get(dialect.userinfo, async ({ headers }, reply) => {
      const token = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1] ?? '';
      const issued = world.grants.findToken(token, provider);
      if (!issued) return reply.header('www-authenticate', 'Bearer error="invalid_token"').code(401).send();
      const locale = provider === 'linkedin' ? { locale: { country: 'FR', language: 'fr' } } : {};
      return reply.send({ sub: subjectInUserinfo(issued), ...profileOf(issued), ...locale });
    });
  });
}

/** The grant behind the code, or the error a provider would answer. */
function grantFor(
  form: ReceivedForm,
  { provider, pkce }: OidcDialect,
  { grants }: OAuthWorld,
): Grant | string {
  if (textOf(form, 'grant_type') !== 'authorization_code') return 'unsupported_grant_type';
  const grant = grants.takeCode(
    textOf(form, 'code') ?? '',
    provider,
    textOf(form, 'client_id') ?? '',
    textOf(form, 'redirect_uri') ?? '',
  );
  if (!grant) return 'invalid_grant';
  const verifier = textOf(form, 'code_verifier');
  if (!pkce) return grant.codeChallenge || verifier ? 'invalid_client' : grant;
  return answersChallenge(verifier, grant.codeChallenge) ? grant : 'invalid_grant';
}

const refuse = (reply: FastifyReply, status: number, error: string): FastifyReply =>
  reply.code(status).send({ error, error_description: `Refused by the sandbox: ${error}` });
