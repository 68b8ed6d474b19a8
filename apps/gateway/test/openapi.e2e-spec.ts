import { randomBytes } from 'node:crypto';
import type { INestApplication } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import { InProcessTransport } from '@parley/messaging';
import '@parley/testing';
import { type RunningService, startService } from '@parley/platform';
import { describeApi, gatewayWithoutData } from '../src';
import { findGaps } from '../src/openapi/completeness';
import { fieldsWithoutExample } from '../src/openapi/examples';

/** Of identity and billing: what people read first. */
const EXEMPLARY = [
  ...['RegisterRequest', 'LoginRequest', 'RefreshSessionRequest', 'SessionResponse', 'MeResponse'],
  ...['UserResponse', 'TenantResponse', 'UpdateMeBody', 'EmailAddressRequest', 'ResetPasswordRequest'],
  ...['ChangePasswordRequest', 'OwnSession', 'CreateServiceTokenRequest', 'ServiceTokenWithSecret'],
  ...['CreateInvitationRequest', 'InvitationResponse', 'AcceptInvitationBody', 'MemberResponse'],
  ...['SettingsResponse', 'PutSettingsRequest', 'AuditEntry', 'ListedTenant', 'ListedUser', 'SuspensionBody'],
  ...['CreditBalance', 'CreditTransaction', 'GoTrueSession', 'GoTrueUser'],
];

describe('the API description', () => {
  let service: RunningService;
  let document: OpenAPIObject;

  beforeAll(async () => {
    const ENCRYPTION_KEY = randomBytes(32).toString('base64');
    service = await startService(gatewayWithoutData, {
      env: { NODE_ENV: 'test', PORT: '0', ENCRYPTION_KEY },
      transport: new InProcessTransport(),
      quiet: true,
    });
    document = describeApi(service.app as INestApplication, '0.1.0');
  });
  afterAll(() => service?.close());

  const operation = (method: 'get' | 'post' | 'put', path: string) => {
    const found = document.paths[path]?.[method];
    if (!found) throw new Error(`${method} ${path} is not described`);
    return found;
  };

  it('leaves nothing out: summary, permission, bodies, examples, refusals', () => {
    expect(Object.keys(document.paths).length).toBeGreaterThan(100);
    expect(findGaps(document)).toEqual([]);
  });

  it.each([
    ['summary', 'no summary'],
    ['x-permission', 'neither a permission nor public'],
    ['security', 'no security scheme'],
    ['responses', 'no body in its answer'],
  ])('would be found out without %s', (part, gap) => {
    const path = '/v1/calls/{id}';
    const { [part]: _left, ...rest } = operation('get', path) as unknown as Record<string, unknown>;
    const maimed = { ...rest, responses: rest['responses'] ?? {} };
    const paths = { [path]: { get: maimed } } as unknown as OpenAPIObject['paths'];
    expect(findGaps({ ...document, paths })).toContain(`get ${path}: ${gap}`);
  });

  it('would find out a change that nobody is told of', () => {
    const { 'x-audited': _acts, ...silent } = operation('put', '/v1/admin/plans/{code}') as unknown as Record<
      string,
      unknown
    >;
    const paths = { '/v1/admin/plans/{code}': { put: silent } } as unknown as OpenAPIObject['paths'];
    expect(findGaps({ ...document, paths })).toEqual([
      'put /v1/admin/plans/{code}: neither audited nor declared not to be',
    ]);
  });

  it.each(EXEMPLARY)('gives an example of every text of %s', (name) => {
    const schemas = document.components?.schemas ?? {};
    expect(Object.keys(schemas)).toContain(name);
    expect(fieldsWithoutExample(name, schemas)).toEqual([]);
  });

  it('shows whole examples, lists with an item of their kind', () => {
    expect(JSON.stringify(document)).not.toContain('[null]');
    expect(operation('get', '/v1/members').responses['200']).toMatchObject({
      content: { 'application/json': { example: { data: [{ role: expect.any(String) as string }] } } },
    });
  });

  it('refers to nothing that is not there', () => {
    const { schemas = {}, responses = {} } = document.components ?? {};
    const refs = [...JSON.stringify(document).matchAll(/"#\/components\/(schemas|responses)\/([^"]+)"/g)];
    expect(refs.length).toBeGreaterThan(500);
    const broken = refs.filter(
      ([, kind, name = '']) => !(name in (kind === 'schemas' ? schemas : responses)),
    );
    expect(broken.map(([ref]) => ref)).toEqual([]);
  });

  it('names the refusals a route can give, the usual ones and its own', () => {
    const { responses } = operation('post', '/v1/service-tokens');
    expect(Object.keys(responses)).toEqual(
      expect.arrayContaining([
        '201',
        '400',
        '401',
        '403',
        '409',
        '413',
        '415',
        '422',
        '429',
        '500',
        '503',
        '504',
      ]),
    );
    expect(responses['409']).toMatchObject({
      description: expect.stringMatching(/STATE_CONFLICT: too many.*IDEMPOTENCY_IN_PROGRESS/) as string,
      content: { 'application/json': { example: { error: { code: 'STATE_CONFLICT' } } } },
    });
  });

  it('lets service tokens in where a scope says so, and only there', () => {
    expect(operation('get', '/v1/calls').security).toEqual([{ bearer: [] }, { serviceToken: [] }]);
    expect(operation('post', '/v1/service-tokens').security).toEqual([{ bearer: [] }]);
    expect(operation('post', '/v1/auth/login').security).toBeUndefined();
  });

  it("shows the designs' paths in the designs' words", () => {
    const change = operation('post', '/api/change-password');
    expect(change).toMatchObject({
      deprecated: true,
      tags: ['compat'],
      requestBody: {
        content: { 'application/json': { example: { current_password: expect.any(String) as string } } },
      },
      responses: { 401: { $ref: '#/components/responses/TextErrorResponse401' } },
    });
    expect(operation('get', '/api/sessions').responses['200']).toMatchObject({
      content: {
        'application/json': { example: { sessions: [{ last_used_at: expect.any(String) as string }] } },
      },
    });
    expect(operation('get', '/auth/profile').responses['200']).toMatchObject({
      content: { 'application/json': { example: { is_active: expect.any(Boolean) as boolean } } },
    });
  });

  it.each(['/api-docs', '/api-docs-json', '/api-docs-yaml'])('is served at %s', async (path) => {
    const answer = await fetch(`${service.url}${path}`);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('Parley');
  });
});
