import { Inject, Injectable } from '@nestjs/common';
import { newId } from '@parley/contracts';
import { Database } from '@parley/persistence';
import { CONFIG, SecretBox } from '@parley/platform';
import type { GatewayConfig } from '../config';
import { type Claim, HOLD_MS, KEEP_MS, type KeyScope, type StoredAnswer } from './idempotency';

const MINE = 'tenant_id = $1 AND actor_id = $2 AND route = $3 AND key = $4';

interface AnswerRow {
  status: number;
  headers: Record<string, string>;
  bodySealed: Buffer | null;
}

/** Claims and answers. Answers may hold secrets that are shown once, so every body is sealed. */
@Injectable()
export class IdempotencyRepository {
  private readonly box: SecretBox;

  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(CONFIG) config: GatewayConfig,
  ) {
    this.box = new SecretBox(config.ENCRYPTION_KEY);
  }

  /**
   * The id of a new claim; nothing when there is one. An expired claim gives way, and a `repeatable` one that nobody
   * answers for.
   */
  async claim(
    scope: KeyScope,
    requestHash: Buffer,
    repeatable: boolean,
    at: Date,
  ): Promise<string | undefined> {
    const [row] = await this.db.query<{ claimId: string }>(
      `INSERT INTO http_idempotency AS old
         (tenant_id, actor_id, route, key, claim_id, request_hash, state, held_until, created_at, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, 'running', $7, $8, $9)
       ON CONFLICT (tenant_id, actor_id, route, key) DO UPDATE SET
         claim_id = excluded.claim_id, request_hash = excluded.request_hash, state = 'running',
         held_until = excluded.held_until, created_at = excluded.created_at, expires_at = excluded.expires_at,
         status = NULL, headers = NULL, body_sealed = NULL
       WHERE old.expires_at <= $8 OR ($10 AND old.request_hash = excluded.request_hash
         AND (old.state = 'unknown' OR (old.state = 'running' AND old.held_until <= $8)))
       RETURNING claim_id AS "claimId"`,
      [
        ...idsOf(scope),
        newId(),
        requestHash,
        new Date(at.getTime() + HOLD_MS),
        at,
        new Date(at.getTime() + KEEP_MS),
        repeatable,
      ],
    );
    return row?.claimId;
  }

  async find(scope: KeyScope): Promise<Claim | undefined> {
    const [row] = await this.db.query<Claim>(
      `SELECT claim_id AS "claimId", request_hash AS "requestHash", state, held_until AS "heldUntil",
         created_at AS "createdAt" FROM http_idempotency WHERE ${MINE}`,
      idsOf(scope),
    );
    return row;
  }

  async answerOf(scope: KeyScope): Promise<StoredAnswer | undefined> {
    const [row] = await this.db.query<AnswerRow>(
      `SELECT status, headers, body_sealed AS "bodySealed" FROM http_idempotency
       WHERE ${MINE} AND state = 'done'`,
      idsOf(scope),
    );
    if (!row) return undefined;
    const { status, headers, bodySealed } = row;
    return { status, headers, body: bodySealed ? this.box.open(bodySealed, ownerOf(scope)) : undefined };
  }

  async keep(scope: KeyScope, claimId: string, { status, headers, body }: StoredAnswer): Promise<void> {
    const sealed = body === undefined ? null : this.box.seal(body, ownerOf(scope));
    await this.db.execute(
      `UPDATE http_idempotency SET state = 'done', status = $6, headers = $7, body_sealed = $8
       WHERE ${MINE} AND claim_id = $5`,
      [...idsOf(scope), claimId, status, JSON.stringify(headers), sealed],
    );
  }

  /** Nothing happened: the key is free for the next try. */
  async release(scope: KeyScope, claimId: string): Promise<void> {
    await this.db.execute(`DELETE FROM http_idempotency WHERE ${MINE} AND claim_id = $5`, [
      ...idsOf(scope),
      claimId,
    ]);
  }

  /** Whether anything happened will not be learnt here. */
  async leaveUnknown(scope: KeyScope, claimId: string): Promise<void> {
    await this.db.execute(`UPDATE http_idempotency SET state = 'unknown' WHERE ${MINE} AND claim_id = $5`, [
      ...idsOf(scope),
      claimId,
    ]);
  }

  /** At most `limit` expired rows, in the system scope. */
  async sweep(at: Date, limit: number): Promise<number> {
    return this.db.execute(
      `DELETE FROM http_idempotency WHERE (tenant_id, actor_id, route, key) IN (
         SELECT tenant_id, actor_id, route, key FROM http_idempotency WHERE expires_at <= $1 LIMIT $2)`,
      [at, limit],
    );
  }
}

const idsOf = ({ tenantId, actorId, route, key }: KeyScope): string[] => [tenantId, actorId, route, key];
const ownerOf = (scope: KeyScope): string => idsOf(scope).join('\n');
