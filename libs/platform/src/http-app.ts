import type { IncomingMessage } from 'node:http';
import { type DynamicModule, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type CallerContext, findCaller, type Locale, newId, runAs } from '@parley/contracts';
import { HttpErrorFilter } from './error-filters';
import { measureHttp } from './http-metrics';

export interface HttpAppOptions {
  /** Label of its metrics. */
  service: string;
  /** Bytes; larger bodies get 413. */
  bodyLimit: number;
  /** Networks of the proxies whose X-Forwarded-* is believed. */
  trustProxy: string[];
  rewriteUrl?: (request: IncomingMessage) => string;
}

/** Longest path, query included, and time to send a whole request: slow senders must not hold sockets. */
const REQUEST_TIMEOUT_MS = 30_000;
const MAX_USER_AGENT = 256;
const REQUEST_ID = /^[\w.-]{1,128}$/;

/** A Nest application on Fastify in which every request runs in its caller's context. */
export async function createHttpApp(
  module: Type | DynamicModule,
  options: HttpAppOptions,
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: options.bodyLimit,
    trustProxy: options.trustProxy.length > 0 ? options.trustProxy : false,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: 72_000,
    forceCloseConnections: 'idle',
    genReqId: (request: IncomingMessage) => {
      const sent = request.headers['x-request-id'];
      return typeof sent === 'string' && REQUEST_ID.test(sent) ? sent : newId();
    },
    ...(options.rewriteUrl ? { rewriteUrl: options.rewriteUrl } : {}),
  });
  const contexts = new WeakMap<object, CallerContext>();
  const fastify = adapter.getInstance();
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    const userAgent = request.headers['user-agent']?.slice(0, MAX_USER_AGENT);
    const context: CallerContext = {
      requestId: request.id,
      roles: [],
      locale: preferredLocale(request.headers['accept-language']),
      ip: request.ip,
      ...(userAgent ? { userAgent } : {}),
    };
    contexts.set(request, context);
    runAs(context, done);
  });
  // Reading the body hops to the socket's own async context.
  fastify.addHook('preValidation', (request, _reply, done) => {
    const context = findCaller() ?? contexts.get(request);
    if (context) runAs(context, done);
    else done();
  });
  measureHttp(fastify, options.service);
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, { bufferLogs: false });
  app.useGlobalFilters(new HttpErrorFilter());
  return app;
}

export function preferredLocale(acceptLanguage: string | undefined): Locale {
  return acceptLanguage?.trim().toLowerCase().startsWith('fr') ? 'fr' : 'en';
}
