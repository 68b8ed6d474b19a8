import {
  ACT_RECORDED,
  agentsOnboardingStepV1,
  billingOnboardingStepV1,
  entitlementsChangedV1,
  PRIVACY_COMPLETED,
  privacyRequestedV1,
} from '@parley/contracts';
import { defineService } from '@parley/platform';
import { identityConfig } from './config';
import { IdentityModule } from './app.module';
import { AuditSearch1700002310000 } from './migrations/audit-search.migration';
import { InvitationMails1700002330100 } from './migrations/invitation-mails.migration';
import { LockoutByPlace1700002330000 } from './migrations/lockout-by-place.migration';
import { AccountVerification1700000700000 } from './migrations/account-verification.migration';
import { FacebookDeletions1700002395000 } from './migrations/facebook-deletions.migration';
import { IdentitySchema1700000200000 } from './migrations/identity-schema.migration';
import { Impersonations1700001600000 } from './migrations/impersonations.migration';
import { Administration1700001200000 } from './migrations/administration.migration';
import { KeysAndAudit1700000900000 } from './migrations/keys-and-audit.migration';
import { Mfa1700001100000 } from './migrations/mfa.migration';
import { Privacy1700001400000 } from './migrations/privacy.migration';
import { PrivacyLookups1700002300001 } from './migrations/privacy-lookups.migration';
import { PhonesAndSettingsVersions1700002340020 } from './migrations/phones-and-settings-versions.migration';
import { SigningKeyRotation1700002340010 } from './migrations/signing-key-rotation.migration';
import { SocialSignIn1700001000000 } from './migrations/social-sign-in.migration';
import { SuperAdminSessions1700002340030 } from './migrations/super-admin-sessions.migration';
import { SystemConfig1700001300000 } from './migrations/system-config.migration';
import { TenantMembers1700000800000 } from './migrations/tenant-members.migration';

export const identity = defineService({
  name: 'identity',
  config: identityConfig,
  module: IdentityModule,
  migrations: [
    IdentitySchema1700000200000,
    AccountVerification1700000700000,
    TenantMembers1700000800000,
    KeysAndAudit1700000900000,
    Mfa1700001100000,
    SocialSignIn1700001000000,
    Impersonations1700001600000,
    SystemConfig1700001300000,
    Administration1700001200000,
    Privacy1700001400000,
    FacebookDeletions1700002395000,
    PrivacyLookups1700002300001,
    AuditSearch1700002310000,
    LockoutByPlace1700002330000,
    SigningKeyRotation1700002340010,
    PhonesAndSettingsVersions1700002340020,
    InvitationMails1700002330100,
    SuperAdminSessions1700002340030,
  ],
  consumes: [
    entitlementsChangedV1,
    billingOnboardingStepV1,
    agentsOnboardingStepV1,
    privacyRequestedV1,
    ...Object.values(PRIVACY_COMPLETED),
    ...Object.values(ACT_RECORDED),
  ],
  jobs: true,
});
