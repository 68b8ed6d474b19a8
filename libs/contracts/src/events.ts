import { ACT_RECORDED } from './acts/act-events';
import { aiUsageRecordedV1 } from './agents/usage-events';
import { creditsChangedV1, creditsLowV1 } from './billing/credit-events';
import { entitlementsChangedV1 } from './billing/entitlement-events';
import { holdOverdrawnV1 } from './billing/holds';
import { opsAlertRaisedV1 } from './billing/ops-alert-events';
import {
  paymentDisputedV1,
  paymentFailedV1,
  paymentNeedsReviewV1,
  paymentRefundedV1,
  paymentSucceededV1,
  trialEndingV1,
} from './billing/payment-events';
import {
  commissionClawedBackV1,
  commissionEarnedV1,
  payoutApprovedV1,
  payoutPaidV1,
  payoutRejectedV1,
  payoutRequestedV1,
  referralRecordedV1,
} from './billing/referral-events';
import { subscriptionChangedV1 } from './billing/subscription-events';
import {
  standingChangedV1,
  usagePausedV1,
  usagePeriodResetV1,
  usageThresholdV1,
} from './billing/usage-events';
import type { EventDefinition } from './event';
import { apiKeyRevokedV1 } from './identity/api-keys';
import { consentChangedV1 } from './identity/consents';
import { PRIVACY_COMPLETED, privacyRequestedV1 } from './identity/privacy-events';
import { retentionChangedV1 } from './identity/retention';
import { invitationCreatedV1 } from './identity/invitation-events';
import { impersonationEndedV1, impersonationStartedV1 } from './identity/impersonation-events';
import { emailRequestedV1 } from './identity/email-events';
import { systemConfigChangedV1 } from './identity/system-config';
import {
  agentsOnboardingStepV1,
  billingOnboardingStepV1,
  onboardingRequestedV1,
} from './identity/onboarding-events';
import {
  tenantReactivatedV1,
  tenantSuspendedV1,
  userReactivatedV1,
  userSuspendedV1,
} from './identity/suspension-events';
import { tenantSettingsUpdatedV1 } from './identity/settings-events';
import { sessionRevokedV1, tenantCreatedV1, tenantUpdatedV1 } from './identity/tenant-events';
import { webhookDeliveryDeadV1 } from './notifications/delivery-events';
import { webhookEndpointStoppedV1 } from './notifications/endpoint-events';
import { callEndedV1, callEnrichedV1, callStartedV1 } from './telephony/call-events';
import { connectionChangedV1 } from './telephony/connections';
import { smsReceivedV1 } from './telephony/message-events';
import { numberChangedV1 } from './telephony/numbers';
import { stripeReceivedV1 } from './telephony/stripe-events';

/** Every published event. AsyncAPI and the sample test are made from this list. */
export const EVENTS: readonly EventDefinition<object>[] = [
  ...Object.values(ACT_RECORDED),
  aiUsageRecordedV1,
  apiKeyRevokedV1,
  callEndedV1,
  callEnrichedV1,
  callStartedV1,
  connectionChangedV1,
  consentChangedV1,
  creditsChangedV1,
  creditsLowV1,
  entitlementsChangedV1,
  holdOverdrawnV1,
  opsAlertRaisedV1,
  paymentDisputedV1,
  paymentFailedV1,
  paymentNeedsReviewV1,
  paymentRefundedV1,
  paymentSucceededV1,
  commissionClawedBackV1,
  commissionEarnedV1,
  payoutApprovedV1,
  payoutPaidV1,
  payoutRejectedV1,
  payoutRequestedV1,
  referralRecordedV1,
  standingChangedV1,
  subscriptionChangedV1,
  trialEndingV1,
  usagePausedV1,
  usagePeriodResetV1,
  usageThresholdV1,
  impersonationEndedV1,
  impersonationStartedV1,
  agentsOnboardingStepV1,
  billingOnboardingStepV1,
  onboardingRequestedV1,
  invitationCreatedV1,
  emailRequestedV1,
  sessionRevokedV1,
  numberChangedV1,
  privacyRequestedV1,
  ...Object.values(PRIVACY_COMPLETED),
  retentionChangedV1,
  smsReceivedV1,
  stripeReceivedV1,
  systemConfigChangedV1,
  tenantCreatedV1,
  tenantReactivatedV1,
  tenantSettingsUpdatedV1,
  tenantSuspendedV1,
  tenantUpdatedV1,
  userReactivatedV1,
  userSuspendedV1,
  webhookDeliveryDeadV1,
  webhookEndpointStoppedV1,
] as readonly EventDefinition<object>[];
