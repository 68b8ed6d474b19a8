import { OneOf, Text, Uuid } from '@parley/contracts';
import type { JobDefinition } from '@parley/messaging';
import { ROOT_KINDS, type RootKind } from './stripe-roots';

export class ApplyStripeObject {
  @OneOf(ROOT_KINDS) kind: RootKind;
  @Text() id: string;
}

/** Looks at an object of Stripe's as it is now. */
export const applyStripeObject: JobDefinition<ApplyStripeObject> = {
  name: 'billing-stripe-apply',
  payload: ApplyStripeObject,
};

export class SyncCustomer {
  @Uuid() tenantId: string;
  @Text() customerId: string;
}

/** Looks at what Stripe has of a customer of the last weeks. */
export const syncCustomer: JobDefinition<SyncCustomer> = {
  name: 'billing-stripe-sync-customer',
  payload: SyncCustomer,
};

export class RetryPayment {
  @Uuid() paymentId: string;
}

/** Once, at once, after a card was refused (J-24). */
export const retryPayment: JobDefinition<RetryPayment> = {
  name: 'billing-payment-retry',
  payload: RetryPayment,
};

export class EndSubscription {
  @Text() stripeSubscriptionId: string;
}

/** Its payment went back: it ends at Stripe, and so here. */
export const endSubscription: JobDefinition<EndSubscription> = {
  name: 'billing-subscription-end',
  payload: EndSubscription,
};

export class ForgetCustomer {
  @Text() customerId: string;
}

/** Its tenant is erased: pages close, what is billed ends, and Stripe forgets the person. */
export const forgetCustomer: JobDefinition<ForgetCustomer> = {
  name: 'billing-customer-forget',
  payload: ForgetCustomer,
};

export class UndoUpgrade {
  @Text() stripeSubscriptionId: string;
  @Text() stripeInvoiceId: string;
}

/** The money of a change of plan went back. */
export const undoUpgrade: JobDefinition<UndoUpgrade> = {
  name: 'billing-upgrade-undo',
  payload: UndoUpgrade,
};

/** Jobs about one customer run one after another. */
export const queueOf = (customerId: string | null): { queue?: string } =>
  customerId ? { queue: `stripe:${customerId}` } : {};
