import { createHmac } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { servedFaults } from '../faults/served-faults';
import type { FaultSwitches } from '../faults/fault-switches';
import { secretsEqual } from '../secrets';
import { parseFormBodies, type ReceivedForm, textOf } from '../twilio/twilio-form.parser';
import { authorize, type OAuthWorld } from './oauth-authorize';
import { subjectInUserinfo } from './oauth-id-token';

const SLOW_MS = 10_000;
const USED_CODE = { code: 100, error_subcode: 36009 };

type Query = Record<string, string | undefined>;

/** Facebook Login as plain OAuth 2, and the corner of Graph it needs, below `/facebook/v<version>`. */
export function registerFacebook(app: FastifyInstance, world: OAuthWorld, faults: FaultSwitches): void {
  const { grants } = world;
  app.register(
    async (scope) => {
      parseFormBodies(scope);
      scope.addHook(
        'onRequest',
        servedFaults(faults, () => graphError('Service temporarily unavailable', { code: 2 })),
      );
      scope.get(
        '/dialog/oauth',
        authorize(world, 'facebook', () => ({})),
      );
      const exchange = async (sent: ReceivedForm, reply: FastifyReply): Promise<FastifyReply> => {
        const clientSecret = textOf(sent, 'client_secret');
        if (!clientSecret) return refuse(reply, 'Missing client_secret parameter.', { code: 101 });
        const grant = grants.takeCode(
          textOf(sent, 'code') ?? '',
          'facebook',
          textOf(sent, 'client_id') ?? '',
          textOf(sent, 'redirect_uri') ?? '',
        );
        if (!grant) return refuse(reply, 'This authorization code has been used.', USED_CODE);
        if (grant.fault === 'slow') await pause(SLOW_MS, undefined, { ref: false });
        if (grant.fault === 'unavailable')
          return reply.code(503).send(graphError('Service temporarily unavailable', { code: 2 }));
        const token = grants.issueToken(grant, clientSecret);
        return reply.send({ access_token: token, token_type: 'bearer', expires_in: 5_183_944 });
      };
      scope.get('/oauth/access_token', ({ query }, reply) => exchange(query as ReceivedForm, reply));
      scope.post('/oauth/access_token', ({ body }, reply) => exchange((body ?? {}) as ReceivedForm, reply));
      scope.get<{ Querystring: Query }>('/debug_token', async ({ query }, reply) => {
        const issued = grants.findToken(query['input_token'] ?? '', 'facebook');
        if (!issued) return reply.send({ data: { is_valid: false, error: { code: 190 } } });
        const { clientId, clientSecret, person, fault } = issued;
        if (!secretsEqual(query['access_token'] ?? '', `${clientId}|${clientSecret}`))
          return refuse(reply, 'Invalid OAuth access token.', { code: 190 });
        const appId = fault === 'foreign-app' ? 'another-app' : clientId;
        return reply.send({ data: { app_id: appId, is_valid: true, type: 'USER', user_id: person.id } });
      });
      scope.get<{ Querystring: Query }>('/me', async ({ query }, reply) => {
        const token = query['access_token'] ?? '';
        const issued = grants.findToken(token, 'facebook');
        if (!issued || issued.fault === 'dead-token')
          return refuse(
            reply,
            'Error validating access token: The session has been invalidated.',
            { code: 190, error_subcode: 460 },
            401,
          );
        const proof = createHmac('sha256', issued.clientSecret).update(token).digest('hex');
        if (!secretsEqual(query['appsecret_proof'] ?? '', proof))
          return refuse(reply, 'Invalid appsecret_proof provided in the API argument', { code: 100 });
        const { person, fault } = issued;
        const fields = new Set((query['fields'] ?? 'id,name').split(','));
        const email = person.email !== null && fault !== 'no-email' ? { email: person.email } : {};
        const known = { id: subjectInUserinfo(issued), name: person.name, ...email };
        return reply.send(Object.fromEntries(Object.entries(known).filter(([name]) => fields.has(name))));
      });
    },
    { prefix: '/facebook/:version(^v\\d+\\.\\d+$)' },
  );
}

const graphError = (message: string, facts: object): object => ({
  error: { message, type: 'OAuthException', ...facts, fbtrace_id: 'sandbox' },
});

const refuse = (reply: FastifyReply, message: string, facts: object, status = 400): FastifyReply =>
  reply.code(status).send(graphError(message, facts));
