import { Bool, Instant, Text, Uuid } from '../fields';
import { PageRequest, pageOf } from '../page';
import { defineOperation, Nothing } from '../rpc';

/** One sign-in of the caller's, as they would recognise it. */
export class OwnSession {
  @Uuid() id: string;
  @Text({ max: 100, example: 'Firefox on Windows', description: 'Browser and system, as far as they say' })
  device: string;
  @Text({ nullable: true, max: 45, description: 'Network address at the last use' }) ip: string | null;
  @Text({ nullable: true, max: 120, example: 'Québec, CA', description: 'Where that was, if the edge knows' })
  place: string | null;
  @Instant() createdAt: string;
  @Instant({ description: 'When its tokens were last refreshed' }) lastUsedAt: string;
  @Instant() expiresAt: string;
  @Bool({ description: 'The session this request was made in' }) current: boolean;
}

export const OwnSessionPage = pageOf(OwnSession);

export class OwnSessionIdRequest {
  @Uuid() id: string;
}

export class EndOwnSessionsRequest {
  @Bool({ optional: true, description: 'Ends this session too' }) all?: boolean;
  @Bool({ optional: true, description: "Design 004's name: true keeps this session, whatever `all` says" })
  keepCurrent?: boolean;
}

export const listOwnSessions = defineOperation({
  name: 'identity.own-sessions.list',
  service: 'identity',
  request: PageRequest,
  response: OwnSessionPage,
});

export const endOwnSession = defineOperation({
  name: 'identity.own-session.end',
  service: 'identity',
  request: OwnSessionIdRequest,
  response: Nothing,
});

/** Every session of the caller's but this one. */
export const endOwnSessions = defineOperation({
  name: 'identity.own-sessions.end',
  service: 'identity',
  request: EndOwnSessionsRequest,
  response: Nothing,
});
