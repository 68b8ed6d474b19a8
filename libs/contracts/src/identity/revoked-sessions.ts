import { Instant, Uuid } from '../fields';
import { PageRequest, pageOf } from '../page';
import { defineOperation } from '../rpc';

export class RevokedSession {
  @Uuid() sessionId: string;
  @Instant() revokedAt: string;
}

export class RevokedSessionPage extends pageOf(RevokedSession) {}

export class ListRevokedSessionsRequest extends PageRequest {
  @Instant({ description: 'At or after' }) since: string;
}

/** For gateways that start or were cut off: what they did not hear. Oldest first; not answered to people. */
export const listRevokedSessions = defineOperation({
  name: 'identity.revoked-sessions.list',
  service: 'identity',
  request: ListRevokedSessionsRequest,
  response: RevokedSessionPage,
});
