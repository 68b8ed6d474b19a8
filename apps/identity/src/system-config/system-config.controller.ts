import { Controller, Inject } from '@nestjs/common';
import {
  getSystemConfig,
  listSystemConfig,
  listSystemConfigVersions,
  type Nothing,
  putSystemConfig,
  PutSystemConfigRequest,
  removeSystemConfig,
  RemoveSystemConfigRequest,
  resolveSystemConfig,
  ResolveSystemConfigRequest,
  rollBackSystemConfig,
  RollBackSystemConfigRequest,
  type SealedAnswer,
  type SystemConfigEntry,
  SystemConfigKeyRequest,
  type SystemConfigList,
  type SystemConfigTest,
  type SystemConfigVersions,
  testSystemConfig,
  TestSystemConfigRequest,
} from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { SystemConfigResolver } from './system-config-resolver';
import { SystemConfigService } from './system-config.service';

@Controller()
export class SystemConfigController {
  constructor(
    @Inject(SystemConfigService) private readonly settings: SystemConfigService,
    @Inject(SystemConfigResolver) private readonly resolver: SystemConfigResolver,
  ) {}

  @Handles(listSystemConfig)
  list(_request: Nothing): Promise<SystemConfigList> {
    return this.settings.list();
  }

  @Handles(getSystemConfig)
  get({ key }: SystemConfigKeyRequest): Promise<SystemConfigEntry> {
    return this.settings.get(key);
  }

  @Handles(listSystemConfigVersions)
  versions({ key }: SystemConfigKeyRequest): Promise<SystemConfigVersions> {
    return this.settings.versions(key);
  }

  @Handles(putSystemConfig)
  put(request: PutSystemConfigRequest): Promise<SystemConfigEntry> {
    return this.settings.put(request);
  }

  @Handles(testSystemConfig)
  test(request: TestSystemConfigRequest): Promise<SystemConfigTest> {
    return this.settings.test(request);
  }

  @Handles(rollBackSystemConfig)
  rollBack(request: RollBackSystemConfigRequest): Promise<SystemConfigEntry> {
    return this.settings.rollBack(request);
  }

  @Handles(removeSystemConfig)
  remove(request: RemoveSystemConfigRequest): Promise<SystemConfigEntry> {
    return this.settings.remove(request);
  }

  @Handles(resolveSystemConfig)
  resolve(request: ResolveSystemConfigRequest): Promise<SealedAnswer> {
    return this.resolver.resolve(request);
  }
}
