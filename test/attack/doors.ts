import * as contracts from '@parley/contracts';
import { isUuid, type Operation } from '@parley/contracts';
import { getMetadataStorage } from 'class-validator';
import { type Permission, PERMISSIONS } from '../../apps/gateway/src/edge/permissions';
import type { TestPlatform } from '../support/platform';
import { bodyOf } from './door-bodies';

export type AnyOperation = Operation<object, object>;

/** A route of the gateway, as its own description tells. */
export interface Door {
  method: string;
  /** `/v1/calls/{id}` */
  template: string;
  public: boolean;
  /** What the caller must hold; undefined where anybody may come. */
  permission: Permission | undefined;
  /** Whether only super admins may open it. */
  platform: boolean;
  /** What the route takes seriously: the example of its own description. */
  body: unknown;
}

interface Document {
  paths: Record<
    string,
    Record<
      string,
      {
        security?: object[];
        'x-permission'?: Permission;
        requestBody?: { content?: Record<string, { example?: unknown } | undefined> };
      }
    >
  >;
}

/** Parameters of paths that are no id of anything, each with a value that is known. */
const WORDS: Readonly<Record<string, string>> = {
  provider: 'twilio',
  purpose: 'terms',
  key: 'ANTHROPIC_API_KEY',
  code: 'attack.plan',
  phone: '+14185550142',
  service: 'billing',
  module: 'crm',
  type: 'post_call',
};

/** Every route there is: canonical ones and the designs' own. */
export async function doorsOf(platform: TestPlatform): Promise<Door[]> {
  const { body } = await platform.call<Document>('GET', '/api-docs-json');
  return Object.entries(body.paths).flatMap(([template, methods]) =>
    Object.entries(methods).map(([method, { security, 'x-permission': permission, requestBody }]) => ({
      method: method.toUpperCase(),
      template,
      public: !security || security.length === 0,
      permission,
      platform: permission !== undefined && PERMISSIONS[permission] === 'super_admin',
      body: bodyOf(template, requestBody?.content?.['application/json']?.example),
    })),
  );
}

export const nameOf = ({ method, template }: Door): string => `${method} ${template}`;

const parametersOf = ({ template }: Door): string[] =>
  [...template.matchAll(/\{(\w+)\}/g)].flatMap(([, name]) => name ?? []);

/** Tokens of mails are no ids: they are secrets themselves. */
export const takesId = (door: Door): boolean =>
  parametersOf(door).some((name) => !(name in WORDS) && name !== 'token');

export const pathWith = ({ template }: Door, id: string): string =>
  template
    .replace('provider-keys/{provider}', 'provider-keys/openai')
    .replace(/\{(\w+)\}/g, (_all, name: string) => encodeURIComponent(WORDS[name] ?? id));

export const writes = ({ method }: Door): boolean => method !== 'GET' && method !== 'DELETE';

/** The body to send along: a valid one, so that a refusal is about who asks. */
export const payloadOf = (door: Door): { body?: unknown } => (writes(door) ? { body: door.body ?? {} } : {});

/** Every operation the services answer. */
export const OPERATIONS: readonly AnyOperation[] = Object.values(contracts).filter(
  (value): value is AnyOperation =>
    typeof value === 'object' &&
    value !== null &&
    'request' in value &&
    'service' in value &&
    'name' in value,
);

const rulesOf = ({ request }: AnyOperation) =>
  getMetadataStorage().getTargetValidationMetadatas(request, '', false, false);

export function idFieldsOf(operation: AnyOperation): string[] {
  const fields = rulesOf(operation).filter(({ name }) => name === 'isUuid');
  return [...new Set(fields.map(({ propertyName }) => propertyName))];
}

export const isId = isUuid;
