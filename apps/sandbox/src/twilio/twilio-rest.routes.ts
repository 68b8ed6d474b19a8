import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Background } from '../delivery/background';
import { servedFaults } from '../faults/served-faults';
import type { FaultSwitches } from '../faults/fault-switches';
import { registerTwilioCallRoutes } from './twilio-call.routes';
import { parseFormBodies } from './twilio-form.parser';
import type { TwilioAccounts } from './twilio-accounts';
import { refuse, twilioError } from './twilio-errors';
import { registerTwilioMessageRoutes } from './twilio-message.routes';
import type { TwilioSimulator } from './twilio-simulator';

export interface TwilioRest {
  simulator: TwilioSimulator;
  accounts: TwilioAccounts;
  background: Background;
  /** How outbound calls go until told otherwise. */
  outbound: { scenario: 'completed' | 'no-answer' | 'busy' | 'failed'; durationSeconds: number };
}

/** The REST API below `/twilio/2010-04-01`. */
export function registerTwilioRest(app: FastifyInstance, rest: TwilioRest, faults: FaultSwitches): void {
  app.register(
    async (scope) => {
      parseFormBodies(scope);
      scope.addHook(
        'onRequest',
        servedFaults(faults, () => twilioError(20503, 'Service Unavailable', 503)),
      );
      scope.addHook('preHandler', onlyAccountHolder(rest.accounts));
      scope.setNotFoundHandler((_request, reply) =>
        refuse(reply, 20404, 'The requested resource was not found', 404),
      );
      registerTwilioMessageRoutes(scope, rest);
      registerTwilioCallRoutes(scope, rest);
    },
    { prefix: '/twilio/2010-04-01/Accounts/:accountSid' },
  );
}

function onlyAccountHolder(accounts: TwilioAccounts) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const { accountSid } = request.params as { accountSid?: string };
    if (accountSid === undefined || accounts.admits(request.headers.authorization, accountSid))
      return undefined;
    return refuse(reply, 20003, 'Authenticate', 401);
  };
}
