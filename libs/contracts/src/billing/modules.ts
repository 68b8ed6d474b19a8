import { Bool, Instant, ListOf, OneOf, Uuid } from '../fields';
import { defineOperation, Nothing } from '../rpc';
import { MODULES, type PlanModule } from './catalogue';

export class ModuleAccess {
  @OneOf(MODULES) module: PlanModule;
  @Bool() allowed: boolean;
  @OneOf(['plan', 'override'], { description: '`override`: by the platform’s administration' })
  source: 'plan' | 'override';
  @Instant({ nullable: true, description: 'When the plan decides again' }) expiresAt: string | null;
}

export class ModulesResponse {
  @ListOf(() => ModuleAccess, { max: 20 }) modules: ModuleAccess[];
}

export class ModuleParams {
  @Uuid() id: string;
  @OneOf(MODULES) module: PlanModule;
}

export class ModuleOverrideBody {
  @Bool({ nullable: true, description: 'Null: as the plans say' }) allowed: boolean | null;
  @Instant({ optional: true, description: 'In the future; for good when left out' }) expiresAt?: string;
}

export class OverrideModuleRequest extends ModuleOverrideBody {
  @Uuid() id: string;
  @OneOf(MODULES) module: PlanModule;
}

/** Which client applications the tenant may use (BR-039). */
export const getModules = defineOperation({
  name: 'billing.modules.get',
  service: 'billing',
  request: Nothing,
  response: ModulesResponse,
});

/** Opens or closes a module to a tenant whatever its plans say, and tells its entitlements anew. */
export const overrideModule = defineOperation({
  name: 'billing.modules.override',
  service: 'billing',
  role: 'super_admin',
  request: OverrideModuleRequest,
  response: ModulesResponse,
});
