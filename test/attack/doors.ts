import * as contracts from '@parley/contracts';
import { isUuid, type Operation } from '@parley/contracts';
import { getMetadataStorage } from 'class-validator';
import { type Permission, PERMISSIONS } from '../../apps/gateway/src/edge/permissions';
import type { TestPlatform } from '../support/platform';

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
}

interface Document {
  paths: Record<string, Record<string, { security?: object[]; 'x-permission'?: Permission }>>;
}

/** Paths whose parameter is not an id of anything. */
const NO_ID = /\{(provider|purpose|key|code|token|phone|type)\}/;

/** Every route there is: canonical ones and the designs' own. */
export async function doorsOf(platform: TestPlatform): Promise<Door[]> {
  const { body } = await platform.call<Document>('GET', '/api-docs-json');
  return Object.entries(body.paths).flatMap(([template, methods]) =>
    Object.entries(methods).map(([method, { security, 'x-permission': permission }]) => ({
      method: method.toUpperCase(),
      template,
      public: !security || security.length === 0,
      permission,
      platform: permission !== undefined && PERMISSIONS[permission] === 'super_admin',
    })),
  );
}

export const nameOf = ({ method, template }: Door): string => `${method} ${template}`;

export const takesId = ({ template }: Door): boolean => template.includes('{') && !NO_ID.test(template);

export const pathWith = ({ template }: Door, value: string): string =>
  template.replace(/\{\w+\}/g, encodeURIComponent(value));

export const writes = ({ method }: Door): boolean => method !== 'GET' && method !== 'DELETE';

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

/** What fields need beside ids for a request to be taken seriously. */
const FILLERS: Readonly<Record<string, unknown>> = {
  text: 'x',
  url: 'https://example.com/hook',
  name: 'x',
  provider: 'vapi',
  email: 'nobody@example.test',
  reason: 'because it was there',
  role: 'admin',
};

export function fillersOf(operation: AnyOperation): Record<string, unknown> {
  const fields = new Set(rulesOf(operation).map(({ propertyName }) => propertyName));
  return Object.fromEntries(Object.entries(FILLERS).filter(([field]) => fields.has(field)));
}

export const isId = isUuid;
