import type { FastifyInstance } from 'fastify';
import { Histogram } from 'prom-client';

const duration = new Histogram({
  name: 'http_request_duration_seconds',
  help: 'Time to answer an HTTP request',
  labelNames: ['service', 'method', 'route', 'status'],
  buckets: [0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10],
});

const totals = { total: 0, errors: 0 };

/** Requests answered since the process started, and those that failed on our side. */
export const requestTotals = (): Readonly<typeof totals> => totals;

export function measureHttp(fastify: FastifyInstance, service: string): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    const { method } = request;
    const route = request.routeOptions.url ?? 'unmatched';
    totals.total += 1;
    if (reply.statusCode >= 500) totals.errors += 1;
    duration.observe({ service, method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
    done();
  });
}
