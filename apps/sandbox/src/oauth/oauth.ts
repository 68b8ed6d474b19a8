import type { FastifyInstance } from 'fastify';
import type { FaultSwitches } from '../faults/fault-switches';
import { registerFacebook } from './facebook.routes';
import type { OAuthWorld } from './oauth-authorize';
import { registerOAuthControl } from './oauth-control.routes';
import { OAuthGrants } from './oauth-grants';
import { IdTokens } from './oauth-id-token';
import { OAuthPeople } from './oauth-people';
import { ASK_EVERYBODY } from './oauth-switches';
import { GOOGLE, LINKEDIN, registerOidc } from './oidc.routes';

/** Google, LinkedIn and Facebook as providers of sign-in. */
export function registerOAuth(
  app: FastifyInstance,
  faults: FaultSwitches,
  publicUrl: string | undefined,
): OAuthWorld {
  const world = {
    people: new OAuthPeople(),
    grants: new OAuthGrants(),
    choice: { ...ASK_EVERYBODY },
    idTokens: new IdTokens(),
  };
  for (const dialect of [GOOGLE, LINKEDIN]) registerOidc(app, dialect, world, faults, publicUrl);
  registerFacebook(app, world, faults);
  registerOAuthControl(app, world);
  return world;
}
