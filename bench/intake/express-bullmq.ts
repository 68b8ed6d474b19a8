import { createHmac, timingSafeEqual } from 'node:crypto';
import { Queue } from 'bullmq';
import express from 'express';

/** Design 002's intake: Express checks the signature and puts the event into a BullMQ queue on Redis. */
const { REDIS_URL, PORT, WEBHOOK_SECRET, QUEUE } = process.env;
const queue = new Queue(QUEUE ?? '', { connection: { url: REDIS_URL ?? '' } });
const secret = WEBHOOK_SECRET ?? '';
const options = { attempts: 5, backoff: { type: 'exponential', delay: 1_000 } };

const app = express();
app.get('/health', (_request, response) => void response.send('ok'));
app.post('/webhook', express.raw({ type: '*/*', limit: '5mb' }), async (request, response) => {
  const body = request.body as Buffer;
  const signed = `${request.get('x-timestamp')}.`;
  const expected = createHmac('sha256', secret).update(signed).update(body).digest();
  const given = Buffer.from(request.get('x-signature') ?? '', 'hex');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    response.status(401).json({ error: 'INVALID_SIGNATURE' });
    return;
  }
  const event = JSON.parse(body.toString()) as { message: { type: string; call: { id: string } } };
  const { type, call } = event.message;
  await queue.add(type, event, { ...options, jobId: `${type}-${call.id}` });
  response.json({});
});
app.listen(Number(PORT), '127.0.0.1');
