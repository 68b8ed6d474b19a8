import { Counter, Gauge, Histogram } from 'prom-client';

export const webhooksTaken = new Counter({
  name: 'parley_webhooks_total',
  help: 'Webhooks by provider and outcome (stored, duplicate, deferred, unstored, or the code of a refusal)',
  labelNames: ['provider', 'outcome'],
});

export const journalBatches = new Histogram({
  name: 'parley_journal_batch_size',
  help: 'Webhooks that shared one commit',
  buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
});

export const journalSettled = new Counter({
  name: 'parley_journal_total',
  help: 'Journal entries settled by the worker, by provider and outcome (processed, ignored, retry, dead)',
  labelNames: ['provider', 'outcome'],
});

export const journalOldest = new Gauge({
  name: 'parley_journal_oldest_seconds',
  help: 'How long the oldest due entry has been waiting for a worker',
});
