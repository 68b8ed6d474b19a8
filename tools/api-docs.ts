import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { EVENTS } from '@parley/contracts';
import { EVENTS_EXCHANGE, InProcessTransport } from '@parley/messaging';
import { startService, useLogger } from '@parley/platform';
import { format } from 'prettier';
import { describeApi, gatewayWithoutData } from '../apps/gateway/src';

const ROOT = resolve(__dirname, '../..');
const VERSION = '0.1.0';

/** Writes docs/api from the code, or with --check tells whether what is there is current. */
async function main(check: boolean): Promise<void> {
  useLogger('silent');
  const service = await startService(gatewayWithoutData, {
    env: { NODE_ENV: 'test', PORT: '0', ENCRYPTION_KEY: randomBytes(32).toString('base64') },
    transport: new InProcessTransport(),
    quiet: true,
  });
  const app = service.app as unknown as INestApplication;
  const documents = { 'openapi.json': describeApi(app, VERSION), 'asyncapi.json': describeEvents(app) };
  await service.close();
  const stale: string[] = [];
  for (const [name, document] of Object.entries(documents)) {
    const file = join(ROOT, 'docs', 'api', name);
    const text = await format(JSON.stringify(document), { parser: 'json', printWidth: 110 });
    if (check && (!existsSync(file) || readFileSync(file, 'utf8') !== text)) stale.push(name);
    if (!check) {
      mkdirSync(join(ROOT, 'docs', 'api'), { recursive: true });
      writeFileSync(file, text);
    }
  }
  if (stale.length > 0) throw new Error(`docs/api/${stale.join(', ')} is not current: npm run docs:api`);
}

/** AsyncAPI 3 of the published events; the payload schemas are those of OpenAPI. */
function describeEvents(app: INestApplication): object {
  const { components } = SwaggerModule.createDocument(app, new DocumentBuilder().build(), {
    include: [],
    extraModels: EVENTS.map(({ payload }) => payload),
  });
  const events = [...EVENTS].sort((a, b) => a.type.localeCompare(b.type));
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Parley events',
      version: VERSION,
      description:
        'Facts in the past tense on one topic exchange; the routing key is the event type. CloudEvents attributes travel as AMQP properties and headers. A version only gains optional fields.',
    },
    defaultContentType: 'application/json',
    channels: Object.fromEntries(
      events.map(({ type, payload, description, producer, sample }) => [
        type,
        {
          address: type,
          description: `${description} Published by ${producer}.`,
          bindings: {
            amqp: { is: 'routingKey', exchange: { name: EVENTS_EXCHANGE, type: 'topic', durable: true } },
          },
          messages: {
            event: {
              name: type,
              payload: { $ref: `#/components/schemas/${payload.name}` },
              headers: { $ref: '#/components/schemas/EventHeaders' },
              examples: [{ payload: sample }],
            },
          },
        },
      ]),
    ),
    operations: Object.fromEntries(
      events.map(({ type }) => [
        `publish.${type}`,
        { action: 'send', channel: { $ref: `#/channels/${type.replace(/\//g, '~1')}` } },
      ]),
    ),
    components: {
      schemas: {
        ...reachable(
          components?.schemas ?? {},
          EVENTS.map(({ payload }) => payload.name),
        ),
        EventHeaders: {
          type: 'object',
          required: ['ce-time', 'source', 'subject', 'correlationId'],
          properties: {
            'ce-specversion': { type: 'string', const: '1.0' },
            'ce-time': { type: 'string', format: 'date-time' },
            source: { type: 'string', description: 'Service that owns the fact' },
            subject: { type: 'string', description: 'Id of the aggregate' },
            tenantId: { type: 'string', format: 'uuid' },
            actorId: { type: 'string', format: 'uuid', description: 'Person who caused it' },
            impersonatorId: { type: 'string', format: 'uuid', description: 'Super admin acting as them' },
            impersonationId: { type: 'string', format: 'uuid' },
            correlationId: { type: 'string' },
            causationId: { type: 'string', format: 'uuid' },
            traceparent: { type: 'string' },
          },
        },
      },
    },
  };
}

/** The named schemas and those they refer to. */
function reachable(schemas: Record<string, object>, names: readonly string[]): Record<string, object> {
  const found: Record<string, object> = {};
  const visit = (name: string): void => {
    const schema = schemas[name];
    if (!schema || name in found) return;
    found[name] = schema;
    for (const [, other = ''] of JSON.stringify(schema).matchAll(/"#\/components\/schemas\/([^"]+)"/g))
      visit(other);
  };
  for (const name of [...names].sort()) visit(name);
  return found;
}

main(process.argv.includes('--check')).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
