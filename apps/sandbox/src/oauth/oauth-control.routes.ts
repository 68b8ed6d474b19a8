import type { FastifyInstance } from 'fastify';
import type { OAuthWorld } from './oauth-authorize';
import type { Grant } from './oauth-grants';
import { type IdTokens } from './oauth-id-token';
import type { NewOAuthPerson } from './oauth-people';
import { ASK_EVERYBODY, OAUTH_FAULTS, type OAuthChoice, type OAuthFault } from './oauth-switches';
import { GOOGLE, LINKEDIN, originOf } from './oidc.routes';

const text = { type: 'string', minLength: 1, maxLength: 320 };
const nullable = { ...text, type: ['string', 'null'] };

const personSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['name'],
  properties: { id: text, name: text, email: nullable, emailVerified: { type: 'boolean' }, hd: nullable },
};

const choiceSchema = {
  type: 'object',
  additionalProperties: false,
  properties: { autoApprove: nullable, fault: { enum: [...OAUTH_FAULTS, null] } },
};

const idTokenSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['provider', 'as', 'clientId'],
  properties: {
    provider: { enum: ['google', 'linkedin'] },
    as: text,
    clientId: text,
    nonce: text,
    fault: { enum: [...OAUTH_FAULTS] },
  },
};

interface IdTokenBody {
  provider: 'google' | 'linkedin';
  as: string;
  clientId: string;
  nonce?: string;
  fault?: OAuthFault;
}

/** Who signs in, without clicking, and what goes wrong. */
export function registerOAuthControl(app: FastifyInstance, world: OAuthWorld & { idTokens: IdTokens }): void {
  const state = (): object => ({
    ...world.choice,
    people: world.people.list(),
    signIns: world.grants.given().map(toSignIn),
  });
  app.get('/control/oauth', state);
  app.put<{ Body: Partial<OAuthChoice> }>(
    '/control/oauth',
    { schema: { body: choiceSchema } },
    async ({ body }, reply) => {
      if (body.autoApprove != null && !world.people.find(body.autoApprove))
        return reply.code(404).send({ error: 'no such person' });
      world.choice = { ...ASK_EVERYBODY, ...body };
      return state();
    },
  );
  app.delete('/control/oauth', () => {
    world.choice = { ...ASK_EVERYBODY };
    world.people.reset();
    world.grants.clear();
    return state();
  });
  app.post<{ Body: NewOAuthPerson }>(
    '/control/oauth/people',
    { schema: { body: personSchema } },
    async ({ body }, reply) => reply.code(201).send(world.people.put(body)),
  );
  app.post<{ Body: IdTokenBody }>(
    '/control/oauth/id-tokens',
    { schema: { body: idTokenSchema } },
    async (request, reply) => {
      const { as, ...wanted } = request.body;
      const person = world.people.find(as);
      if (!person) return reply.code(404).send({ error: 'no such person' });
      const { issuer } = wanted.provider === 'google' ? GOOGLE : LINKEDIN;
      const grant = { ...wanted, person, at: new Date() };
      return reply.code(201).send({ idToken: await world.idTokens.sign(grant, originOf(request) + issuer) });
    },
  );
}

const toSignIn = ({ provider, clientId, person, fault, at }: Grant): object => ({
  provider,
  clientId,
  as: person.id,
  fault: fault ?? null,
  at: at.toISOString(),
});
