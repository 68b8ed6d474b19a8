import type { FastifyReply, FastifyRequest } from 'fastify';
import { authorizePage } from './oauth-authorize.page';
import type { Grant, OAuthGrants, OAuthProvider } from './oauth-grants';
import type { OAuthPeople, OAuthPerson } from './oauth-people';
import { isOAuthFault, type OAuthChoice } from './oauth-switches';

export interface OAuthWorld {
  people: OAuthPeople;
  grants: OAuthGrants;
  choice: OAuthChoice;
}

type Query = Record<string, string>;

/** Errors of the cancel button, each provider's own. */
const CANCELLED: Record<OAuthProvider, Query> = {
  google: { error: 'access_denied' },
  linkedin: {
    error: 'user_cancelled_authorize',
    error_description: 'The user cancelled the authorization',
  },
  facebook: {
    error: 'access_denied',
    error_code: '200',
    error_description: 'Permissions error',
    error_reason: 'user_denied',
  },
};

/**
 * The page where people consent. `as=<person>` consents at once, `fault=<fault>` spoils this one sign-in; both can be
 * appended to any authorization URL, so that tests do not disturb each other.
 */
export function authorize(
  world: OAuthWorld,
  provider: OAuthProvider,
  extra: (request: FastifyRequest) => Query,
) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const query = request.query as Query;
    const { client_id: clientId, redirect_uri: redirectUri, state = '' } = query;
    if (!clientId || !redirectUri || !URL.canParse(redirectUri))
      return reply.code(400).type('text/plain').send('client_id and redirect_uri are needed');
    if ((query['response_type'] ?? 'code') !== 'code')
      return reply.code(400).type('text/plain').send('only response_type=code is played');
    const back = new URL(redirectUri);
    const sendBack = (params: Query): FastifyReply => {
      for (const [name, value] of Object.entries({ ...params, state })) back.searchParams.set(name, value);
      if (provider === 'facebook') back.hash = '_=_';
      return reply.header('cache-control', 'no-store').redirect(back.href, 302);
    };
    const fault = isOAuthFault(query['fault']) ? query['fault'] : (world.choice.fault ?? undefined);
    if (fault === 'denied') return sendBack(CANCELLED[provider]);
    const person = personOf(world, query);
    if (!person)
      return reply.type('text/html; charset=utf-8').send(authorizePage(provider, query, world.people.list()));
    const grant: Grant = {
      provider,
      clientId,
      redirectUri,
      person,
      at: new Date(),
      ...(query['nonce'] ? { nonce: query['nonce'] } : {}),
      ...(query['code_challenge'] ? { codeChallenge: query['code_challenge'] } : {}),
      ...(fault ? { fault } : {}),
    };
    return sendBack({ ...extra(request), code: world.grants.issueCode(grant) });
  };
}

function personOf({ people, choice }: OAuthWorld, { as, name, email }: Query): OAuthPerson | undefined {
  if (as === 'new') return people.put({ name: name || 'Somebody', email: email || null });
  const id = as ?? choice.autoApprove;
  return id ? people.find(id) : undefined;
}
