import { Inject, Injectable } from '@nestjs/common';
import {
  currentCaller,
  cursorOf,
  DEFAULT_PAGE_SIZE,
  type EndOwnSessionsRequest,
  type OwnSession,
  type Page,
  type PageRequest,
  readAfter,
  toPage,
  Unauthenticated,
} from '@parley/contracts';
import { Database } from '@parley/persistence';
import { UserRepository } from '../account/user.repository';
import { deviceOf } from './device';
import { type LivingSession, OwnSessionsRepository } from './own-sessions.repository';
import { SessionEndings } from './session-endings.service';
import { UnknownSession } from './session.errors';
import { SessionService } from './session.service';

const SCOPE = 'own sessions';
const REASON = 'revoked_by_user';

@Injectable()
export class OwnSessionsService {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(UserRepository) private readonly users: UserRepository,
    @Inject(OwnSessionsRepository) private readonly rows: OwnSessionsRepository,
    @Inject(SessionService) private readonly sessions: SessionService,
    @Inject(SessionEndings) private readonly endings: SessionEndings,
  ) {}

  async list({ cursor, limit = DEFAULT_PAGE_SIZE }: PageRequest): Promise<Page<OwnSession>> {
    const { userId, sessionId } = callingPerson();
    const after = cursor === undefined ? undefined : readAfter(cursor);
    const rows = await this.db.system(SCOPE, () => this.rows.list(userId, new Date(), after, limit + 1));
    return toPage(
      rows,
      limit,
      (row) => toOwnSession(row, sessionId),
      ({ createdAt, id }) => cursorOf(createdAt, id),
    );
  }

  /** @throws UnknownSession when it is not the caller's, or over */
  async end(id: string): Promise<void> {
    const { userId } = callingPerson();
    const ended = await this.db.system(SCOPE, () => this.sessions.end(id, userId, REASON, new Date()));
    if (!ended) throw new UnknownSession();
  }

  async endAll({ all = false, keepCurrent = !all }: EndOwnSessionsRequest): Promise<void> {
    const { userId, sessionId } = callingPerson();
    const at = new Date();
    const except = keepCurrent && sessionId ? { exceptId: sessionId } : {};
    await this.db.system(SCOPE, async () => {
      // A switch under way adds a session: wait for it, or that one would be missed.
      await this.users.lock(userId);
      await this.endings.end({ userId, ...except }, REASON, at);
    });
  }
}

function callingPerson(): { userId: string; sessionId: string | undefined } {
  const { userId, sessionId } = currentCaller();
  if (!userId) throw new Unauthenticated('Sign in first');
  return { userId, sessionId };
}

const toOwnSession = (session: LivingSession, currentId: string | undefined): OwnSession => ({
  id: session.id,
  device: deviceOf(session.userAgent),
  ip: session.ip,
  place: session.place,
  createdAt: session.createdAt.toISOString(),
  lastUsedAt: session.lastSeenAt.toISOString(),
  expiresAt: session.expiresAt.toISOString(),
  current: session.id === currentId,
});
