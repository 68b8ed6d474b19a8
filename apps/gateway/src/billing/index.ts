import { CheckoutController } from './checkout.controller';
import { CreditsController } from './credits.controller';
import { PaymentAdministrationController, PaymentsController } from './payments.controller';
import { CatalogueController, PlansController } from './plans.controller';
import { ReferralAdminController, ReferralProgramController } from './referral-admin.controller';
import { ReferralsController } from './referrals.controller';
import { TenantBillingController, UsageController } from './usage.controller';

export const BILLING_CONTROLLERS = [
  CatalogueController,
  CheckoutController,
  CreditsController,
  PaymentAdministrationController,
  PaymentsController,
  PlansController,
  ReferralAdminController,
  ReferralProgramController,
  ReferralsController,
  TenantBillingController,
  UsageController,
];
