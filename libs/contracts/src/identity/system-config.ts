import { ApiProperty } from '@nestjs/swagger';
import { IsDefined, IsOptional } from 'class-validator';
import { defineEvent } from '../event';
import { Bool, Instant, Int, ListOf, Nested, OneOf, Text, Texts, Uuid } from '../fields';
import { defineOperation, Nothing, SERVICES, type ServiceName } from '../rpc';
import { SYSTEM_CONFIG_KEYS, SYSTEM_CONFIG_KINDS, type SystemConfigKind } from './system-config-keys';

const KEYS = SYSTEM_CONFIG_KEYS.map(({ key }) => key);
const A_VALUE = { oneOf: [{ type: 'string' }, { type: 'integer' }, { type: 'object' }] };

export const SYSTEM_CONFIG_CHANGES = ['set', 'rolled_back', 'removed'] as const;
export type SystemConfigChange = (typeof SYSTEM_CONFIG_CHANGES)[number];

export const SYSTEM_CONFIG_SOURCES = ['stored', 'environment'] as const;

/** As the kind says: text, a whole number, or for `json` an object. */
export type SystemConfigValue = string | number | Record<string, unknown>;

/** One state of a setting. */
export class SystemConfigVersion {
  @Int({ min: 1 }) version: number;
  @OneOf(SYSTEM_CONFIG_CHANGES, { description: '`removed`: the environment holds from here on' })
  change: SystemConfigChange;
  @ApiProperty({ ...A_VALUE, nullable: true, description: 'null for secrets, and once removed' })
  value: SystemConfigValue | null;
  @Text({ nullable: true, max: 4, description: 'Last four characters of a secret long enough for it' })
  lastFour: string | null;
  @Bool({ description: 'Whether the stored value opens; false after tampering' }) readable: boolean;
  @Int({ nullable: true, description: 'The version it brought back' }) restores: number | null;
  @Text({ nullable: true, max: 500 }) reason: string | null;
  @Uuid({ nullable: true }) changedBy: string | null;
  @Instant() changedAt: string;
}

export class SystemConfigEntry {
  @OneOf(KEYS) key: string;
  @OneOf(SYSTEM_CONFIG_KINDS) kind: SystemConfigKind;
  @Text({ max: 255 }) description: string;
  @Texts({ in: SERVICES, description: 'Services that read it live' }) usedBy: ServiceName[];
  @Bool({ description: 'Whether the provider is asked before a value is saved' }) testable: boolean;
  @OneOf(SYSTEM_CONFIG_SOURCES, { description: 'Where the value in force comes from' })
  source: (typeof SYSTEM_CONFIG_SOURCES)[number];
  @Nested(() => SystemConfigVersion, { nullable: true, description: 'null when it was never set here' })
  current: SystemConfigVersion | null;
}

export class SystemConfigList {
  @ListOf(() => SystemConfigEntry) data: SystemConfigEntry[];
}

export class SystemConfigVersions {
  @ListOf(() => SystemConfigVersion, { description: 'Newest first' }) data: SystemConfigVersion[];
}

export class SystemConfigKeyRequest {
  @OneOf(KEYS) key: string;
}

const VERSION_HELP = 'Refuses the change when another version is current; 0 when it was never set';

export class RemoveSystemConfigQuery {
  @Int({ optional: true, min: 0, description: VERSION_HELP }) expectedVersion?: number;
  @Text({ optional: true, max: 500 }) reason?: string;
}

/** Body of the route; between services the value travels sealed. */
export class PutSystemConfigBody extends RemoveSystemConfigQuery {
  @ApiProperty(A_VALUE) @IsDefined() value: SystemConfigValue;
  @Bool({ optional: true, description: 'Saves without asking the provider' }) skipTest?: boolean;
}

export class TestSystemConfigBody {
  @ApiProperty({ ...A_VALUE, required: false, description: 'The stored value by default' })
  @IsOptional()
  value?: SystemConfigValue;
}

export class RollBackSystemConfigBody extends RemoveSystemConfigQuery {
  @Int({ min: 1, description: 'The version to bring back' }) version: number;
  @Bool({ optional: true, description: 'Brings it back without asking the provider' }) skipTest?: boolean;
}

const SEALED = { max: 131_072, description: '`systemConfigSeal` of the value as JSON' };

export class PutSystemConfigRequest extends RemoveSystemConfigQuery {
  @OneOf(KEYS) key: string;
  @Text(SEALED) sealedValue: string;
  @Bool({ optional: true }) skipTest?: boolean;
}

export class TestSystemConfigRequest {
  @OneOf(KEYS) key: string;
  @Text({ ...SEALED, optional: true }) sealedValue?: string;
}

export class RollBackSystemConfigRequest extends RollBackSystemConfigBody {
  @OneOf(KEYS) key: string;
}

export class RemoveSystemConfigRequest extends RemoveSystemConfigQuery {
  @OneOf(KEYS) key: string;
}

/** What was asked and what came back; never the value. */
export class SystemConfigTest {
  @Bool({ description: 'Whether the provider accepted the value' }) ok: boolean;
  @Text({ max: 2048, example: 'GET https://api.resend.com/domains' }) asked: string;
  @Int({ nullable: true, description: 'null when nothing came back in time' }) status: number | null;
  @Text({ max: 200 }) outcome: string;
  @Int({ min: 0 }) durationMs: number;
}

export class ResolveSystemConfigRequest {
  @OneOf(SERVICES) service: ServiceName;
  @Text({ max: 64, description: 'Sealed with the answer, so that an old one cannot be passed off as new' })
  nonce: string;
}

export class SealedAnswer {
  @Text({ max: 1_000_000, description: 'Opens with CONFIG_EXCHANGE_KEY only' }) sealed: string;
}

/** What is inside: keys left out are the environment's; of unreadable ones the last known value holds. */
export interface ResolvedSystemConfig {
  values: Record<string, { text: string; version: number }>;
  unreadable: string[];
}

/** What a sealed text is bound to, so that it opens for its purpose only. */
export const systemConfigSeal = {
  value: (key: string): string => `system-config.value:${key}`,
  answer: ({ service, nonce }: ResolveSystemConfigRequest): string =>
    `system-config.answer:${service}:${nonce}`,
};

const operation = <Request extends object, Response extends object>(
  verb: string,
  request: new () => Request,
  response: new () => Response,
  timeoutMs = 5_000,
) =>
  defineOperation({
    name: `identity.system-config.${verb}`,
    service: 'identity',
    role: 'super_admin',
    request,
    response,
    timeoutMs,
  });

/** Includes the question to the provider. */
const TESTED_MS = 15_000;

export const listSystemConfig = operation('list', Nothing, SystemConfigList);
export const getSystemConfig = operation('get', SystemConfigKeyRequest, SystemConfigEntry);
export const listSystemConfigVersions = operation('versions', SystemConfigKeyRequest, SystemConfigVersions);
export const putSystemConfig = operation('put', PutSystemConfigRequest, SystemConfigEntry, TESTED_MS);
export const testSystemConfig = operation('test', TestSystemConfigRequest, SystemConfigTest, TESTED_MS);
export const rollBackSystemConfig = operation('roll-back', RollBackSystemConfigRequest, SystemConfigEntry);
export const removeSystemConfig = operation('remove', RemoveSystemConfigRequest, SystemConfigEntry);

/** For services only, and only what each uses: never for a person, and routed by no gateway. */
export const resolveSystemConfig = defineOperation({
  name: 'identity.system-config.resolve',
  service: 'identity',
  request: ResolveSystemConfigRequest,
  response: SealedAnswer,
});

/** Without the value: whoever uses it asks. */
export class SystemConfigChangedV1 {
  @Text({ max: 64, example: 'RESEND_API_KEY' }) key: string;
  @Int({ min: 1 }) version: number;
}

export const systemConfigChangedV1 = defineEvent({
  type: 'identity.system-config.changed.v1',
  producer: 'identity',
  description: 'A setting of the platform changed. Every replica that uses it asks for the value.',
  payload: SystemConfigChangedV1,
  sample: { key: 'RESEND_API_KEY', version: 3 },
});
