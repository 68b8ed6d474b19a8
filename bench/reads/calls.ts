import type { BenchDatabase } from '../harness/database';

/** Gives a tenant calls as a busy year leaves them: 10 minutes apart, with summary and structured data. */
export async function insertCalls(database: BenchDatabase, tenantId: string, count: number): Promise<void> {
  await database.query(
    `INSERT INTO telephony.calls (id, tenant_id, provider, provider_call_id, direction, from_number, to_number, status,
       final, ai_handled, outcome_type, duration_seconds, billed_minutes, summary, structured_data, language,
       started_at, completed_at)
     SELECT gen_random_uuid(), $1, 'vapi', 'bench-' || n, 'inbound', '+1514555' || lpad((n % 10000)::text, 4, '0'),
       '+14185550100', 'completed', true, true, (ARRAY['booked', 'info_provided', 'other'])[1 + n % 3], n % 400,
       (n % 400 + 59) / 60, 'Le client demande un rendez-vous pour l’entretien de sa fournaise, mardi matin de préférence.',
       jsonb_build_object('service', 'entretien', 'urgent', n % 7 = 0, 'name', 'Élise Bélanger'), 'fr',
       now() - n * interval '10 minutes', now() - n * interval '10 minutes' + interval '3 minutes'
     FROM generate_series(1, $2::int) AS n`,
    [tenantId, count],
  );
  await database.query('ANALYZE telephony.calls');
}
