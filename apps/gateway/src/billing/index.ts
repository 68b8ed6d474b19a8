import { CreditsController } from './credits.controller';
import { CatalogueController, PlansController } from './plans.controller';
import { TenantBillingController, UsageController } from './usage.controller';

export const BILLING_CONTROLLERS = [
  CatalogueController,
  CreditsController,
  PlansController,
  TenantBillingController,
  UsageController,
];
