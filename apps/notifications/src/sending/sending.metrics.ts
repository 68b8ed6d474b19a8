import { Counter } from 'prom-client';

export const attemptsMade = new Counter({
  name: 'parley_webhook_attempts_total',
  help: 'Attempts to deliver outbound webhooks, by verdict (delivered, refused, outage, overloaded, gone)',
  labelNames: ['verdict'],
});
