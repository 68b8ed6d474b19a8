import { Controller, Inject } from '@nestjs/common';
import {
  createTenant,
  CreateTenantRequest,
  SessionResponse,
  switchTenant,
  SwitchTenantRequest,
  TenantResponse,
} from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { TenantSwitch } from '../session/tenant-switch.service';
import { CompanyService } from './company.service';

@Controller()
export class TenancyController {
  constructor(
    @Inject(CompanyService) private readonly companies: CompanyService,
    @Inject(TenantSwitch) private readonly switches: TenantSwitch,
  ) {}

  @Handles(createTenant)
  create(request: CreateTenantRequest): Promise<TenantResponse> {
    return this.companies.create(request);
  }

  @Handles(switchTenant)
  switchTo({ tenantId }: SwitchTenantRequest): Promise<SessionResponse> {
    return this.switches.switchTo(tenantId);
  }
}
