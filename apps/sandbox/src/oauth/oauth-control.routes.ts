import { createHmac } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { OAuthWorld } from './oauth-authorize';
import type { Grant } from './oauth-grants';
import { type IdTokens } from './oauth-id-token';
import type { NewOAuthPerson } from './oauth-people';
import { ASK_EVERYBODY, OAUTH_FAULTS, type OAuthChoice, type OAuthFault } from './oauth-switches';
import { GOOGLE, LINKEDIN, originOf } from './oidc.routes';

const ANSWER_WITHIN_MS = 10_000;
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

const deletionSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['as', 'callbackUrl', 'appSecret'],
  properties: { as: text, callbackUrl: { ...text, pattern: '^https?://' }, appSecret: text },
};

interface DeletionBody {
  as: string;
  callbackUrl: string;
  appSecret: string;
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
  app.post<{ Body: DeletionBody }>(
    '/control/oauth/facebook/deletions',
    { schema: { body: deletionSchema } },
    async ({ body }, reply) => reply.code(201).send(await askForDeletion(body)),
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

/** As Facebook does when a person removes an app: posts a signed form, and shows what was answered. */
async function askForDeletion({ as, callbackUrl, appSecret }: DeletionBody): Promise<object> {
  const facts = { algorithm: 'HMAC-SHA256', issued_at: Math.floor(Date.now() / 1000), user_id: as };
  const payload = Buffer.from(JSON.stringify(facts)).toString('base64url');
  const signature = createHmac('sha256', appSecret).update(payload).digest('base64url');
  const answer = await fetch(callbackUrl, {
    method: 'POST',
    body: new URLSearchParams({ signed_request: `${signature}.${payload}` }),
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  });
  return { status: answer.status, body: await answer.json() };
}

const toSignIn = ({ provider, clientId, person, fault, at }: Grant): object => ({
  provider,
  clientId,
  as: person.id,
  fault: fault ?? null,
  at: at.toISOString(),
});
