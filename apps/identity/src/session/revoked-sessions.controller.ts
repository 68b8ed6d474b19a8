import { Controller, Inject } from '@nestjs/common';
import {
  currentCaller,
  cursorOf,
  DEFAULT_PAGE_SIZE,
  Forbidden,
  listRevokedSessions,
  ListRevokedSessionsRequest,
  readAfter,
  RevokedSessionPage,
  toPage,
} from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { RevokedSessionsRepository, type RevokedRow } from './revoked-sessions.repository';

@Controller()
export class RevokedSessionsController {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(RevokedSessionsRepository) private readonly sessions: RevokedSessionsRepository,
  ) {}

  /** To gateways about themselves: they ask on nobody's behalf. */
  @Handles(listRevokedSessions)
  async list(request: ListRevokedSessionsRequest): Promise<RevokedSessionPage> {
    const { userId, apiKeyId } = currentCaller();
    if (userId || apiKeyId) throw new Forbidden('This is not for people');
    const { since, cursor, limit = DEFAULT_PAGE_SIZE } = request;
    const after = cursor === undefined ? undefined : readAfter(cursor);
    const rows = await this.db.system('revoked sessions', () => this.sessions.page(since, after, limit + 1));
    return toPage(rows, limit, toRevokedSession, ({ revokedAt, id }) => cursorOf(revokedAt, id));
  }
}

const toRevokedSession = ({ id, revokedAt }: RevokedRow) => ({
  sessionId: id,
  revokedAt: revokedAt.toISOString(),
});
