import { Counter, Gauge, Histogram } from 'prom-client';

export const requestsHandled = new Histogram({
  name: 'parley_rpc_duration_seconds',
  help: 'Time to answer a request, by operation and outcome',
  labelNames: ['service', 'operation', 'outcome'],
  buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 5],
});

export const eventsHandled = new Counter({
  name: 'parley_events_total',
  help: 'Events handled, by type and outcome (done, retry, dead)',
  labelNames: ['service', 'type', 'outcome'],
});

export const outboxBacklog = new Gauge({
  name: 'parley_outbox_oldest_seconds',
  help: 'Age of the oldest event not yet published',
  labelNames: ['service'],
});
