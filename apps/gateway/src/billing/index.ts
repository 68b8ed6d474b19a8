import { CheckoutController } from './checkout.controller';
import { CreditsController } from './credits.controller';
import { PaymentAdministrationController, PaymentsController } from './payments.controller';
import { ModuleOverridesController, ModulesController } from './modules.controller';
import { CatalogueController, PlansController } from './plans.controller';
import { ReferralAdminController, ReferralProgramController } from './referral-admin.controller';
import { ReferralsController } from './referrals.controller';
import { OwnQuotasController, QuotasAdminController } from './quotas.controller';
import { ReconciliationController } from './reconciliation.controller';
import { TenantBillingController, UsageController } from './usage.controller';

export const BILLING_CONTROLLERS = [
  CatalogueController,
  CheckoutController,
  CreditsController,
  PaymentAdministrationController,
  PaymentsController,
  ModuleOverridesController,
  ModulesController,
  OwnQuotasController,
  PlansController,
  ReferralAdminController,
  ReferralProgramController,
  ReferralsController,
  QuotasAdminController,
  ReconciliationController,
  TenantBillingController,
  UsageController,
];
