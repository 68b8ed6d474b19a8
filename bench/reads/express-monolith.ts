import express, { type RequestHandler } from 'express';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { Pool } from 'pg';

/** The same answer from a monolith of the usual kind: Express, RS256 with jose, one query over a pg pool, JSON. */
const { DATABASE_URL, PORT, JWKS_URL, POOL_SIZE } = process.env;
const pool = new Pool({ connectionString: DATABASE_URL, max: Number(POOL_SIZE) });
const keys = createRemoteJWKSet(new URL(JWKS_URL ?? ''));

const LIST = `SELECT id, provider, provider_call_id AS "providerCallId", direction, from_number AS "from",
    to_number AS "to", status, ai_handled AS "aiHandled", outcome_type AS outcome, outcome_text AS "outcomeText",
    ended_reason AS "endedReason", duration_seconds AS "durationSeconds", billed_minutes AS "billedMinutes", summary,
    structured_data AS "structuredData", language, agent_id AS "agentId", provider_agent_id AS "providerAgentId",
    recording_url AS "recordingUrl", started_at AS "startedAt", completed_at AS "endedAt", created_at AS "createdAt",
    updated_at AS "updatedAt", version
  FROM telephony.calls WHERE tenant_id = $1 ORDER BY started_at DESC, id DESC LIMIT $2`;

const authenticate: RequestHandler = async (request, response, next) => {
  const token = request.get('authorization')?.slice('Bearer '.length) ?? '';
  try {
    const { payload } = await jwtVerify(token, keys, { algorithms: ['RS256'] });
    response.locals['tenantId'] = payload['tid'];
    next();
  } catch {
    response.status(401).json({ error: 'INVALID_TOKEN' });
  }
};

const app = express();
app.get('/health', (_request, response) => void response.send('ok'));
app.get('/v1/calls', authenticate, async (request, response) => {
  const limit = Math.min(Number(request.query['limit'] ?? 20), 100);
  const { rows } = await pool.query<{ id: string; startedAt: Date }>(LIST, [
    response.locals['tenantId'],
    limit + 1,
  ]);
  const data = rows.slice(0, limit);
  const last = rows.length > limit ? data.at(-1) : undefined;
  const cursor = last && Buffer.from(JSON.stringify([last.startedAt, last.id])).toString('base64url');
  response.json({ data, nextCursor: cursor ?? null });
});
app.listen(Number(PORT), '127.0.0.1');
