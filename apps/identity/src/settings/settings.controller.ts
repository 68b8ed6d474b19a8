import { Controller, Inject } from '@nestjs/common';
import { getSettings, Nothing, putSettings, PutSettingsRequest, SettingsResponse } from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { SettingsService } from './settings.service';

@Controller()
export class SettingsController {
  constructor(@Inject(SettingsService) private readonly settings: SettingsService) {}

  @Handles(getSettings)
  get(_request: Nothing): Promise<SettingsResponse> {
    return this.settings.get();
  }

  @Handles(putSettings)
  put(request: PutSettingsRequest): Promise<SettingsResponse> {
    return this.settings.put(request);
  }
}
