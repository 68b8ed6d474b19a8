import type { IncomingMessage } from 'node:http';
import { type DynamicModule, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppError, type CallerContext, findCaller, type Locale, newId, runAs } from '@parley/contracts';
import { answerClientError } from './client-errors';
import { HttpErrorFilter } from './error-filters';
import { measureHttp } from './http-metrics';
import { type PlaceHeaders, placeReader } from './place';
import { addressReader } from './trusted-proxies';

export interface HttpAppOptions {
  /** Label of its metrics. */
  service: string;
  /** Bytes; larger bodies get 413. */
  bodyLimit: number;
  /** Networks of the proxies whose X-Forwarded-* is believed. */
  trustProxy: string[];
  /** Bytes of all headers together; more get 431. */
  headerLimit?: number;
  /** Characters of path and query; more get 414. */
  urlLimit?: number;
  /** Headers in which those proxies say where an address is. */
  placeHeaders?: PlaceHeaders;
  rewriteUrl?: (request: IncomingMessage) => string;
}

/** Time to send a whole request: slow senders must not hold sockets. */
const REQUEST_TIMEOUT_MS = 30_000;
const HEADER_LIMIT = 16_384;
const URL_LIMIT = 8_192;
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
    http: { maxHeaderSize: options.headerLimit ?? HEADER_LIMIT },
    clientErrorHandler: answerClientError,
    forceCloseConnections: 'idle',
    genReqId: (request: IncomingMessage) => {
      const sent = request.headers['x-request-id'];
      return typeof sent === 'string' && REQUEST_ID.test(sent) ? sent : newId();
    },
    ...(options.rewriteUrl ? { rewriteUrl: options.rewriteUrl } : {}),
  });
  const placeOf = placeReader(options.trustProxy, options.placeHeaders);
  const addressOf = addressReader(options.trustProxy);
  const urlLimit = options.urlLimit ?? URL_LIMIT;
  const contexts = new WeakMap<object, CallerContext>();
  const fastify = adapter.getInstance();
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    const userAgent = request.headers['user-agent']?.slice(0, MAX_USER_AGENT);
    const place = placeOf(request.raw);
    const ip = addressOf(request.raw);
    const context: CallerContext = {
      requestId: request.id,
      roles: [],
      locale: preferredLocale(request.headers['accept-language']),
      ...(ip ? { ip } : {}),
      ...(place ? { place } : {}),
      ...(userAgent ? { userAgent } : {}),
    };
    contexts.set(request, context);
    const length = request.originalUrl.length;
    const refusal =
      length > urlLimit
        ? new AppError('uriTooLong', 'URI_TOO_LONG', `The address is over ${urlLimit} characters`)
        : undefined;
    runAs(context, () => done(refusal));
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
