import { CONFIG, Prints, SecretBox } from '@parley/platform';
import type { BillingConfig } from '../config';
import { AllReferrals } from './all-referrals.read-model';
import { CodesRepository } from './codes.repository';
import { ReferralCodes } from './codes.service';
import { CommissionLines } from './commission-lines.read-model';
import { CommissionsRepository } from './commissions.repository';
import { FactsRepository } from './facts.repository';
import { OwnReferrals } from './own-referrals.read-model';
import { PaymentWatch } from './payment-watch';
import { PayoutReviews } from './payout-reviews.service';
import { PayoutsRepository } from './payouts.repository';
import { Payouts } from './payouts.service';
import { ProgramRepository } from './program.repository';
import { ReferralProgram } from './program.service';
import { ReferralAdminController } from './referral-admin.controller';
import { ReferralsController } from './referrals.controller';
import { ReferralsRepository } from './referrals.repository';
import { Releases } from './releases.service';
import { Reviews } from './reviews.service';
import { Settlements } from './settlements.service';
import { SightingsRepository } from './sightings.repository';
import { SignupsConsumer } from './signups.consumer';
import { Signups } from './signups.service';
import { TenantAges } from './tenant-ages.read-model';

export const REFERRAL_CONTROLLERS = [ReferralAdminController, ReferralsController, SignupsConsumer];

export const REFERRAL_PROVIDERS = [
  AllReferrals,
  CodesRepository,
  CommissionLines,
  CommissionsRepository,
  FactsRepository,
  OwnReferrals,
  PaymentWatch,
  PayoutReviews,
  Payouts,
  PayoutsRepository,
  ProgramRepository,
  ReferralCodes,
  ReferralProgram,
  ReferralsRepository,
  Releases,
  Reviews,
  Settlements,
  SightingsRepository,
  Signups,
  TenantAges,
  {
    provide: Prints,
    useFactory: ({ ENCRYPTION_KEY }: BillingConfig) => new Prints(ENCRYPTION_KEY),
    inject: [CONFIG],
  },
  {
    provide: SecretBox,
    useFactory: ({ ENCRYPTION_KEY }: BillingConfig) => new SecretBox(ENCRYPTION_KEY),
    inject: [CONFIG],
  },
];
