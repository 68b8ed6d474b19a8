import { Controller, Inject } from '@nestjs/common';
import {
  getSettings,
  listSettingsChanges,
  Nothing,
  PageRequest,
  putSettings,
  PutSettingsRequest,
  SettingsChangePage,
  SettingsResponse,
} from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { SettingsHistory } from './settings-history.service';
import { SettingsService } from './settings.service';

@Controller()
export class SettingsController {
  constructor(
    @Inject(SettingsService) private readonly settings: SettingsService,
    @Inject(SettingsHistory) private readonly changes: SettingsHistory,
  ) {}

  @Handles(getSettings)
  get(_request: Nothing): Promise<SettingsResponse> {
    return this.settings.get();
  }

  @Handles(putSettings)
  put(request: PutSettingsRequest): Promise<SettingsResponse> {
    return this.settings.put(request);
  }

  @Handles(listSettingsChanges)
  history(request: PageRequest): Promise<SettingsChangePage> {
    return this.changes.list(request);
  }
}
