import { Controller, Inject } from '@nestjs/common';
import {
  createTenant,
  CreateTenantRequest,
  SessionResponse,
  switchTenant,
  SwitchTenantRequest,
  TenantResponse,
  updateTenant,
  UpdateTenantRequest,
} from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { TenantSwitch } from '../session/tenant-switch.service';
import { CompanyService } from './company.service';
import { TenantFacts } from './tenant-facts.service';

@Controller()
export class TenancyController {
  constructor(
    @Inject(CompanyService) private readonly companies: CompanyService,
    @Inject(TenantFacts) private readonly facts: TenantFacts,
    @Inject(TenantSwitch) private readonly switches: TenantSwitch,
  ) {}

  @Handles(createTenant)
  create(request: CreateTenantRequest): Promise<TenantResponse> {
    return this.companies.create(request);
  }

  @Handles(updateTenant)
  update(request: UpdateTenantRequest): Promise<TenantResponse> {
    return this.facts.update(request);
  }

  @Handles(switchTenant)
  switchTo({ tenantId }: SwitchTenantRequest): Promise<SessionResponse> {
    return this.switches.switchTo(tenantId);
  }
}
