import { Inject, Injectable } from '@nestjs/common';
import {
  type CallBillingFacts,
  type CallBillingFactsPage,
  type CallBillingFactsRequest,
  isUuid,
  readAfter,
  toPage,
} from '@parley/contracts';
import { Database } from '@parley/persistence';

type FactsRow = Omit<CallBillingFacts, 'endedAt' | 'updatedAt'> & {
  endedAt: Date;
  updatedAt: Date;
};

const PAGE = 500;
const NIL = '00000000-0000-0000-0000-000000000000';

/** To the microsecond, as rows are ordered: a Date would lose the place. */
const FACTS = `SELECT id AS "callId", tenant_id AS "tenantId", billed_minutes AS "billedMinutes",
    duration_seconds AS "durationSeconds", provider_cost_cents AS "providerCostCents", version,
    coalesce(completed_at, started_at) AS "endedAt", updated_at AS "updatedAt",
    to_char(ended_announced_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS "announcedAt"
  FROM calls WHERE ended_announced_at IS NOT NULL`;

/** What calls of every tenant cost, for billing to compare with what it charged. */
@Injectable()
export class BillingFactsReadModel {
  constructor(@Inject(Database) private readonly database: Database) {}

  async page(request: CallBillingFactsRequest): Promise<CallBillingFactsPage> {
    const { callIds, limit = PAGE } = request;
    return this.database.system('what calls cost', async () => {
      if (callIds) return this.named(callIds.filter(isUuid));
      const page = toPage(await this.told(request, limit + 1), limit, toFacts, ({ announcedAt, callId }) => [
        announcedAt,
        callId,
      ]);
      return { ...page, deletedCallIds: [] };
    });
  }

  private async named(callIds: readonly string[]): Promise<CallBillingFactsPage> {
    const calls = await this.database.query<FactsRow>(`${FACTS} AND id = ANY($1::uuid[])`, [callIds]);
    const deleted = await this.database.query<{ id: string }>(
      'SELECT id FROM deleted_calls WHERE id = ANY($1::uuid[])',
      [callIds],
    );
    return { data: calls.map(toFacts), deletedCallIds: deleted.map(({ id }) => id), nextCursor: null };
  }

  /** Oldest first, along the index. */
  private told(
    { announcedFrom, announcedBefore, cursor }: CallBillingFactsRequest,
    rows: number,
  ): Promise<FactsRow[]> {
    const after = cursor ? readAfter(cursor) : undefined;
    return this.database.query<FactsRow>(
      `${FACTS} AND ended_announced_at >= $1::timestamptz AND ended_announced_at < $2::timestamptz
         AND (ended_announced_at, id) > ($3::timestamptz, $4::uuid)
       ORDER BY ended_announced_at, id LIMIT $5`,
      [
        announcedFrom ?? '-infinity',
        announcedBefore ?? 'infinity',
        after?.at ?? '-infinity',
        after?.id ?? NIL,
        rows,
      ],
    );
  }
}

const toFacts = ({ endedAt, updatedAt, ...row }: FactsRow): CallBillingFacts => ({
  ...row,
  endedAt: endedAt.toISOString(),
  updatedAt: updatedAt.toISOString(),
});
