import type { FastifyInstance, FastifyReply } from 'fastify';
import { servedFaults } from '../faults/served-faults';
import type { FaultSwitches } from '../faults/fault-switches';
import type { ObjectStore } from './object-store';

const MOST_KEYS = 1000;

interface ObjectPath {
  bucket: string;
  '*': string;
}

/** The calls of S3 that Parley makes, path style, below `/s3`. Signatures are asked for but not checked. */
export function registerS3(app: FastifyInstance, objects: ObjectStore, faults: FaultSwitches): void {
  app.register(
    async (scope) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
      scope.addHook(
        'onRequest',
        servedFaults(faults, () => Buffer.from(errorXml('SlowDown', 'Please reduce your request rate'))),
      );
      scope.addHook('onRequest', async ({ headers, query }, reply) => {
        const signed = headers.authorization ?? (query as Record<string, string>)['X-Amz-Signature'];
        if (!signed) return refuse(reply, 403, 'AccessDenied', 'Access Denied');
      });

      scope.put<{ Params: ObjectPath }>('/:bucket/*', async ({ params, headers, body }, reply) => {
        const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
        const contentType = headers['content-type'] ?? 'application/octet-stream';
        objects.put(params.bucket, params['*'], { body: bytes, contentType });
        return reply.header('etag', '"sandbox"').send('');
      });

      scope.get<{ Params: ObjectPath }>('/:bucket/*', async ({ params }, reply) => {
        const found = objects.get(params.bucket, params['*']);
        if (!found) return refuse(reply, 404, 'NoSuchKey', 'The specified key does not exist.');
        return reply.type(found.contentType).send(found.body);
      });

      scope.delete<{ Params: ObjectPath }>('/:bucket/*', async ({ params }, reply) => {
        objects.delete(params.bucket, params['*']);
        return reply.code(204).send();
      });

      const list = async (
        { params, query }: { params: { bucket: string }; query: { prefix?: string } },
        reply: FastifyReply,
      ) => {
        const keys = objects.keys(params.bucket, query.prefix ?? '', MOST_KEYS);
        const contents = keys.map((key) => `<Contents><Key>${escapeXml(key)}</Key></Contents>`).join('');
        return reply
          .type('application/xml')
          .send(
            `<?xml version="1.0"?><ListBucketResult><Name>${escapeXml(params.bucket)}</Name>` +
              `<KeyCount>${keys.length}</KeyCount><IsTruncated>false</IsTruncated>${contents}</ListBucketResult>`,
          );
      };
      scope.get<{ Params: { bucket: string }; Querystring: { prefix?: string } }>('/:bucket', list);
      scope.get<{ Params: { bucket: string }; Querystring: { prefix?: string } }>('/:bucket/', list);
    },
    { prefix: '/s3' },
  );
}

const escapeXml = (text: string): string => text.replace(/[<>&"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

const errorXml = (code: string, message: string): string =>
  `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;

const refuse = (reply: FastifyReply, status: number, code: string, message: string): FastifyReply =>
  reply.code(status).type('application/xml').send(errorXml(code, message));
