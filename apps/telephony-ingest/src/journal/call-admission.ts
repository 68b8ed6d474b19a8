import type { QueryConfig } from 'pg';
import { newId } from '@parley/contracts';
import type { NewJournalRow } from './journal-row';

/** A call that billing never said it counted gives its place back: none lasts longer (billing's HOLD_SECONDS). */
const FORGOTTEN = `interval '4 hours'`;

/**
 * Starts of one tenant stand in line, whichever edge takes them, and behind news of its standing. In one order
 * everywhere, so that two who want the same tenants wait for each other rather than both.
 */
const LOCK = `SELECT 1 FROM line_standings WHERE line_group = 'voice' AND tenant_id = ANY($1::uuid[])
  ORDER BY tenant_id FOR NO KEY UPDATE`;

/**
 * A statement of its own after the lock: one that waited would see what was there before. What was decided of a call once
 * holds whenever it asks again. A tenant whose standing or number of calls was never told is not limited.
 */
const ADMIT = `WITH asked AS (
    SELECT DISTINCT ON (tenant_id, provider, provider_call_id) r.* FROM json_to_recordset($1::json)
      AS r(n int, id uuid, tenant_id uuid, provider text, provider_call_id text)
    WHERE NOT EXISTS (SELECT FROM erased_tenants e WHERE e.tenant_id = r.tenant_id)
    ORDER BY tenant_id, provider, provider_call_id, n),
  known AS (SELECT a.tenant_id, a.provider, a.provider_call_id, s.admitted
    FROM asked a JOIN call_starts s USING (tenant_id, provider, provider_call_id)),
  line AS (SELECT tenant_id,
      CASE WHEN state IN ('hard', 'paused') THEN 0
        WHEN state <> 'grace' THEN floor(available / per_start) - (SELECT count(*) FROM call_starts s
          WHERE s.tenant_id = l.tenant_id AND s.admitted AND NOT s.counted AND s.asked_at > now() - ${FORGOTTEN})
      END AS room
    FROM line_standings l WHERE line_group = 'voice' AND tenant_id IN (SELECT tenant_id FROM asked)),
  decided AS (SELECT a.id, a.tenant_id, a.provider, a.provider_call_id,
      coalesce(row_number() OVER (PARTITION BY a.tenant_id ORDER BY a.n) <= line.room, true) AS admitted
    FROM asked a LEFT JOIN line USING (tenant_id)
    WHERE NOT EXISTS (SELECT FROM known k WHERE k.tenant_id = a.tenant_id AND k.provider = a.provider
      AND k.provider_call_id = a.provider_call_id)),
  kept AS (INSERT INTO call_starts (id, tenant_id, provider, provider_call_id, admitted)
    SELECT id, tenant_id, provider, provider_call_id, admitted FROM decided
    ON CONFLICT (tenant_id, provider, provider_call_id) DO NOTHING)
  SELECT tenant_id AS "tenantId", provider, provider_call_id AS "subject", admitted FROM decided
  UNION ALL SELECT tenant_id, provider, provider_call_id, admitted FROM known`;

export interface Admission {
  readonly tenantId: string;
  readonly provider: string;
  readonly subject: string;
  readonly admitted: boolean;
}

/** Decides which calls may start; the second statement answers. To be run in one transaction, the lock first. */
export function admissionStatements(starts: readonly NewJournalRow[]): [QueryConfig, QueryConfig] {
  const tenantIds = [...new Set(starts.map(({ tenantId }) => tenantId))];
  const asked = starts.map(({ tenantId, provider, subject }, n) => ({
    n,
    id: newId(),
    tenant_id: tenantId,
    provider,
    provider_call_id: subject,
  }));
  return [
    { name: 'starts-lock', text: LOCK, values: [tenantIds] },
    { name: 'starts-admit', text: ADMIT, values: [JSON.stringify(asked)] },
  ];
}

export const isAbout =
  ({ tenantId, provider, subject }: NewJournalRow) =>
  (admission: Admission): boolean =>
    admission.subject === subject && admission.tenantId === tenantId && admission.provider === provider;
