import { newId } from '@parley/contracts';
import type { TestDatabase } from '@parley/testing';

export interface SeededCall {
  id: string;
  durationSeconds: number;
  minutes: number;
  endedAt: string;
}

/** Calls as telephony keeps them once they are over and told, of 1 to 5 minutes. */
export async function seedCalls(
  database: TestDatabase,
  tenantId: string,
  count: number,
  fields: { id?: string; durationSeconds?: number; minutes?: number; announcedMinutesAgo?: number } = {},
): Promise<SeededCall[]> {
  const { announcedMinutesAgo = 60 } = fields;
  const endedAt = new Date(Date.now() - announcedMinutesAgo * 60_000).toISOString();
  const calls = Array.from({ length: count }, (_each, at) => {
    const minutes = fields.minutes ?? (at % 5) + 1;
    const durationSeconds = fields.durationSeconds ?? minutes * 60 - 7;
    return { id: fields.id ?? newId(), durationSeconds, minutes, endedAt };
  });
  await database.query(
    `INSERT INTO telephony.calls (id, tenant_id, provider, provider_call_id, direction, status, final, duration_seconds,
       billed_minutes, started_at, completed_at, started_announced_at, ended_announced_at, updated_at)
     SELECT id, $1, 'vapi', id::text, 'inbound', 'completed', true, "durationSeconds", minutes, "endedAt", "endedAt",
       "endedAt", "endedAt", "endedAt"
     FROM json_to_recordset($2) AS call (id uuid, "durationSeconds" int, minutes int, "endedAt" timestamptz)`,
    [tenantId, JSON.stringify(calls)],
  );
  return calls;
}
