import type { INestApplication } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { API_KEY_SCOPES } from '@parley/contracts';
import { COMPAT_ROUTES } from '../compat/compat-table';
import { inDialect, toTemplate } from './compat-operations';
import { describeStepUp } from '../edge/step-up';
import { CANONICAL_ERROR, ERROR_SCHEMAS, GOTRUE_ERROR } from './error-shapes';
import { exampleOf, type Schemas } from './examples';
import { completeResponses, type Operation, SHARED_RESPONSES } from './responses';
import { TAGS } from './tags';

const DESCRIPTION = `One backend for AI on a company's phone lines and in its sales chat.

Errors have one shape: \`{ "error": { code, message, details?, timestamp, requestId } }\`. Lists take \`limit\` and
\`cursor\` and answer \`{ data, nextCursor }\`. Ids of others answer 404. POSTs that cost, send or create take an
\`Idempotency-Key\`. Every answer tells how much of its rate limit is left: \`RateLimit-Limit\`, \`RateLimit-Remaining\`,
\`RateLimit-Reset\` (seconds).`;

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
const SCOPES = new Set<string>(API_KEY_SCOPES);

/** The document of every route, made from the controllers, with the designs' own paths marked as deprecated. */
export function describeApi(app: INestApplication, version: string): OpenAPIObject {
  const document = SwaggerModule.createDocument(app, outline(version), {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
  });
  describeStepUp(document);
  const schemas: Schemas = { ...document.components?.schemas, ...ERROR_SCHEMAS };
  document.components = { ...document.components, schemas, responses: SHARED_RESPONSES };
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      const operation = item[method];
      if (operation) item[method] = completed(path, operation, schemas);
    }
  }
  for (const route of COMPAT_ROUTES) {
    const method = (route.to.method ?? route.method).toLowerCase() as 'get';
    const canonical = document.paths[toTemplate(route.to.path)]?.[method];
    if (!canonical) continue;
    const path = toTemplate(route.path);
    document.paths[path] = {
      ...document.paths[path],
      [route.method.toLowerCase()]: inDialect(route, canonical),
    };
  }
  return document;
}

function outline(version: string): Omit<OpenAPIObject, 'paths'> {
  const builder = new DocumentBuilder()
    .setTitle('Parley')
    .setDescription(DESCRIPTION)
    .setVersion(version)
    .addBearerAuth({
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description: 'The accessToken of a session, one hour good; RS256, keys at /.well-known/jwks.json.',
    })
    .addBearerAuth(
      {
        type: 'http',
        scheme: 'bearer',
        bearerFormat: 'parley_…',
        description: 'A service token: may do what its scopes say.',
      },
      'serviceToken',
    );
  for (const [name, description] of Object.entries(TAGS)) builder.addTag(name, description);
  return builder.build();
}

/** With examples, with the refusals that follow from what the route is, and with whom it lets in. */
function completed(path: string, declared: Operation, schemas: Schemas): Operation {
  const operation: Operation = { ...declared };
  const permission = (declared as { 'x-permission'?: string })['x-permission'];
  if (permission && SCOPES.has(permission)) operation.security = [{ bearer: [] }, { serviceToken: [] }];
  fillExample(operation.requestBody, schemas);
  for (const response of Object.values(operation.responses)) fillExample(response, schemas);
  const shape = path.startsWith('/auth/v1/') ? GOTRUE_ERROR : CANONICAL_ERROR;
  return { ...operation, responses: completeResponses(path, operation, shape) };
}

function fillExample(
  holder: Operation['requestBody'] | Operation['responses'][string],
  schemas: Schemas,
): void {
  if (!holder || !('content' in holder)) return;
  const media = holder.content?.['application/json'];
  if (media?.schema && media.example === undefined) media.example = exampleOf(media.schema, schemas);
}

export function serveApiDocs(app: NestFastifyApplication, version: string): void {
  SwaggerModule.setup('api-docs', app, () => describeApi(app, version), {
    jsonDocumentUrl: 'api-docs-json',
    yamlDocumentUrl: 'api-docs-yaml',
    customSiteTitle: 'Parley API',
  });
}
