import type { INestApplication } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { COMPAT_ROUTES } from '../compat/compat-table';
import { describeStepUp } from './step-up';

type PathItem = OpenAPIObject['paths'][string];
type Operation = NonNullable<PathItem['get']>;

const DESCRIPTION = `One backend for AI on a company's phone lines and in its sales chat.

Errors have one shape: \`{ "error": { code, message, details?, timestamp, requestId } }\`. Lists take \`limit\` and
\`cursor\` and answer \`{ data, nextCursor }\`. Ids of others answer 404.`;

/** The document of every route, made from the controllers, with the designs' own paths marked as deprecated. */
export function describeApi(app: INestApplication, version: string): OpenAPIObject {
  const document = SwaggerModule.createDocument(
    app,
    new DocumentBuilder()
      .setTitle('Parley')
      .setDescription(DESCRIPTION)
      .setVersion(version)
      .addBearerAuth()
      .build(),
    { operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}` },
  );
  describeStepUp(document);
  for (const route of COMPAT_ROUTES) {
    const method = (route.to.method ?? route.method).toLowerCase() as 'get';
    const canonical: Operation | undefined = document.paths[toTemplate(route.to.path)]?.[method];
    if (!canonical) continue;
    const path = toTemplate(route.path);
    document.paths[path] = {
      ...document.paths[path],
      [route.method.toLowerCase()]: {
        ...canonical,
        operationId: `${canonical.operationId ?? ''}_${route.design}_${path.replace(/\W+/g, '_')}`,
        tags: ['compat'],
        deprecated: true,
        description: `Path of design ${route.design}; use ${route.method} ${route.to.path}.`,
      },
    };
  }
  return document;
}

const toTemplate = (path: string): string => path.replace(/:(\w+)/g, '{$1}');

export function serveApiDocs(app: NestFastifyApplication, version: string): void {
  SwaggerModule.setup('api-docs', app, () => describeApi(app, version), {
    jsonDocumentUrl: 'api-docs-json',
    yamlDocumentUrl: 'api-docs-yaml',
    customSiteTitle: 'Parley API',
  });
}
