import { Controller } from '@nestjs/common';
import {
  getModules,
  type ModulesResponse,
  type Nothing,
  overrideModule,
  type OverrideModuleRequest,
} from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { Modules } from './modules.service';

@Controller()
export class ModulesController {
  constructor(private readonly modules: Modules) {}

  @Handles(getModules)
  own(_request: Nothing): Promise<ModulesResponse> {
    return this.modules.own();
  }

  @Handles(overrideModule)
  override(request: OverrideModuleRequest): Promise<ModulesResponse> {
    return this.modules.override(request);
  }
}
