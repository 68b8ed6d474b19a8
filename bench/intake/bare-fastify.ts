import Fastify from 'fastify';
import { Pool } from 'pg';
import { v7 as newId } from 'uuid';

/**
 * The least a durable intake can do: one INSERT per request over a pool, committed before the answer. It reads
 * nothing of the body, checks no signature and finds no tenant.
 */
const { DATABASE_URL, PORT, POOL_SIZE } = process.env;
const pool = new Pool({ connectionString: DATABASE_URL, max: Number(POOL_SIZE) });
const insert = {
  name: 'insert',
  text: `INSERT INTO bench.journal (id, provider, kind, tenant_id, dedupe_key, path, content_type, headers, body,
    verified_by, status, received_at, next_at) VALUES ($1::uuid, 'vapi', 'webhook', $2, $1::uuid::text, $3, $4, $5, $6, 'nobody', 'received', $7, $7)`,
};
const tenantId = newId();

const server = Fastify();
server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
  done(null, body),
);
server.get('/health', () => 'ok');
server.post('/webhook', async (request, reply) => {
  const { headers, url, body } = request;
  await pool.query({
    ...insert,
    values: [newId(), tenantId, url, headers['content-type'], JSON.stringify(headers), body, new Date()],
  });
  return reply.code(200).header('content-type', 'application/json').send('{}');
});
void server.listen({ port: Number(PORT), host: '127.0.0.1' });
