import { Body, Controller, Delete, Get, Inject, Param, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  getSystemConfig,
  listSystemConfig,
  listSystemConfigVersions,
  putSystemConfig,
  PutSystemConfigBody,
  removeSystemConfig,
  RemoveSystemConfigQuery,
  rollBackSystemConfig,
  RollBackSystemConfigBody,
  SystemConfigEntry,
  SystemConfigKeyRequest,
  SystemConfigList,
  systemConfigSeal,
  SystemConfigTest,
  SystemConfigVersions,
  testSystemConfig,
  TestSystemConfigBody,
} from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import { SecretExchange } from '@parley/platform';
import { Audited, Unaudited } from '../audit/audited';
import { Answers, Requires } from '../edge/decorators';
import { StepUp } from '../edge/step-up';

const CHANGES = {
  errors: {
    409: 'STATE_CONFLICT: another version is current, or there is nothing to change',
    502: 'PROVIDER_ERROR: the provider gave no usable answer, nothing was saved',
    503: 'DEPENDENCY_DOWN: also when CONFIG_EXCHANGE_KEY is not set',
  },
};

/** Settings of the platform (BR-021, BR-022). Values go on to identity sealed. */
@Controller('v1/admin/system-config')
@ApiTags('administration')
export class SystemConfigController {
  constructor(
    @Inject(RpcClient) private readonly rpc: RpcClient,
    @Inject(SecretExchange) private readonly exchange: SecretExchange,
  ) {}

  @Get()
  @Requires('system-config:read')
  @Answers('Every setting of the platform; of secrets the last four characters', SystemConfigList)
  list(): Promise<string> {
    return this.rpc.forward(listSystemConfig, {});
  }

  @Get(':key')
  @Requires('system-config:read')
  @Answers('One setting', SystemConfigEntry)
  get(@Param() path: SystemConfigKeyRequest): Promise<string> {
    return this.rpc.forward(getSystemConfig, path);
  }

  @Get(':key/versions')
  @Requires('system-config:read')
  @Answers('Who changed it when and why, newest first', SystemConfigVersions)
  versions(@Param() path: SystemConfigKeyRequest): Promise<string> {
    return this.rpc.forward(listSystemConfigVersions, path);
  }

  @Put(':key')
  @StepUp()
  @Requires('system-config:write')
  @Audited('system-config.set')
  @Answers(
    'Set it; tested with the provider first where it can be. In force within seconds',
    SystemConfigEntry,
    CHANGES,
  )
  put(
    @Param() { key }: SystemConfigKeyRequest,
    @Body() { value, ...conditions }: PutSystemConfigBody,
  ): Promise<string> {
    return this.rpc.forward(putSystemConfig, { ...conditions, key, sealedValue: this.seal(key, value) });
  }

  @Post(':key/test')
  @Requires('system-config:write')
  @Unaudited('changes nothing')
  @Answers(
    'Ask the provider about a value, or about the stored one, without saving',
    SystemConfigTest,
    CHANGES,
  )
  test(@Param() { key }: SystemConfigKeyRequest, @Body() { value }: TestSystemConfigBody): Promise<string> {
    return this.rpc.forward(testSystemConfig, {
      key,
      ...(value === undefined ? {} : { sealedValue: this.seal(key, value) }),
    });
  }

  @Post(':key/rollback')
  @StepUp()
  @Requires('system-config:write')
  @Audited('system-config.rolled-back')
  @Answers('Bring an earlier version back, as a new one', SystemConfigEntry, CHANGES)
  rollBack(
    @Param() { key }: SystemConfigKeyRequest,
    @Body() body: RollBackSystemConfigBody,
  ): Promise<string> {
    return this.rpc.forward(rollBackSystemConfig, { ...body, key });
  }

  @Delete(':key')
  @StepUp()
  @Requires('system-config:write')
  @Audited('system-config.removed')
  @Answers("Back to the environment's value; the history stays", SystemConfigEntry, CHANGES)
  remove(@Param() { key }: SystemConfigKeyRequest, @Query() query: RemoveSystemConfigQuery): Promise<string> {
    return this.rpc.forward(removeSystemConfig, { ...query, key });
  }

  private seal(key: string, value: unknown): string {
    return this.exchange.seal(value, systemConfigSeal.value(key));
  }
}
