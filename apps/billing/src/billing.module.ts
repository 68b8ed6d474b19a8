import { Module } from '@nestjs/common';
import { PrivacyParticipantModule } from '@parley/platform';
import { TenantBillingController } from './admin/tenant-billing.controller';
import { BillingSummariesService } from './admin/billing-summaries';
import { TenantBillingService } from './admin/tenant-billing.service';
import { Bookkeeper } from './books/bookkeeper';
import { BooksNews } from './books/books-news';
import { BooksRepository } from './books/books.repository';
import { UpkeepService } from './books/upkeep.service';
import { CatalogueController } from './catalogue/catalogue.controller';
import { CatalogueRepository } from './catalogue/catalogue.repository';
import { CatalogueService } from './catalogue/catalogue.service';
import { SubscriberUsage } from './catalogue/subscriber-usage.read-model';
import { CheckoutController } from './checkout/checkout.controller';
import { Checkout } from './checkout/checkout.service';
import { LineClaims } from './checkout/line-claims';
import { LostUpgrades } from './checkout/lost-upgrades';
import { OpenPages } from './checkout/open-pages';
import { Portal } from './checkout/portal.service';
import { ProductLines } from './checkout/product-lines';
import { Sales } from './checkout/sales.service';
import { SessionRepository } from './checkout/session.repository';
import { OnboardingConsumer } from './checkout/onboarding.consumer';
import { OwnSubscription } from './checkout/own-subscription.service';
import { SubscriptionItems } from './checkout/subscription-items';
import { WaitingDowngrades } from './checkout/waiting-downgrades';
import { SubscriptionChanges } from './checkout/subscription-changes.service';
import { Cards } from './customers/cards.service';
import { CustomerRepository } from './customers/customer.repository';
import { Customers } from './customers/customers.service';
import { ForgottenCustomers } from './customers/forgotten-customers';
import { Grants } from './grants/grants.service';
import { CallHoldsJob } from './holds/call-holds.job';
import { HoldsConsumer } from './holds/holds.consumer';
import { HoldsController } from './holds/holds.controller';
import { HoldsService } from './holds/holds.service';
import { InvoiceRepository } from './invoices/invoice.repository';
import { Ledger } from './ledger/ledger.service';
import { LedgerAuditService } from './ledger/ledger-audit.service';
import { LedgerController } from './ledger/ledger.controller';
import { LedgerRepository } from './ledger/ledger.repository';
import { Cash } from './payments/cash';
import { Collector } from './payments/collector.service';
import { MeterReportRepository } from './metering/meter-report.repository';
import { MeterReports } from './metering/meter-reports.service';
import { DisputeRepository } from './payments/dispute.repository';
import { Disputes } from './payments/disputes.service';
import { PaymentAdministration } from './payments/payment-administration.service';
import { PaymentListeners } from './payments/payment-listeners';
import { PaymentNews } from './payments/payment-news';
import { PaymentPoster } from './payments/payment-poster.service';
import { PaymentRepository } from './payments/payment.repository';
import { PaymentsController } from './payments/payments.controller';
import { PaymentsReadModel } from './payments/payments.read-model';
import { Refunds } from './payments/refunds.service';
import { BoughtUnits } from './payments/units.service';
import { PastPeriods } from './periods/past-periods';
import { UnpaidPeriods } from './payments/unpaid-periods';
import { PeriodKeeper } from './periods/period-keeper';
import { REFERRAL_CONTROLLERS, REFERRAL_PROVIDERS } from './referrals';
import { ModuleOverrideRepository } from './modules/module-override.repository';
import { ModulesController } from './modules/modules.controller';
import { Modules } from './modules/modules.service';
import { QuotaRepository } from './quotas/quota.repository';
import { QuotasController } from './quotas/quotas.controller';
import { Quotas } from './quotas/quotas.service';
import { RECONCILIATION_PROVIDERS, ReconciliationController } from './reconciliation';
import { CustomerSync } from './stripe/customer-sync';
import { OpenStripeNews } from './stripe/open-stripe-news';
import { StripeCatalogueRepository } from './stripe/stripe-catalogue.repository';
import { StripeCatalogue } from './stripe/stripe-catalogue.service';
import { StripeEventRepository } from './stripe/stripe-event.repository';
import { StripeEventsConsumer } from './stripe/stripe-events.consumer';
import { StripeEvents } from './stripe/stripe-events.service';
import { StripeObjects } from './stripe/stripe-objects.service';
import { StripeSubscriptions } from './stripe/stripe-subscriptions.service';
import { StripeSyncController } from './stripe/stripe-sync.controller';
import { StripeSync } from './stripe/stripe-sync.service';
import { StripeClient } from './stripe/stripe.client';
import { StripeReader } from './stripe/stripe.reader';
import { TenantLine } from './stripe/tenant-line';
import { ErasedTenantsConsumer } from './privacy/erased-tenants.consumer';
import { BILLING_DATA } from './privacy/billing-data';
import { SubscriptionNews } from './subscriptions/subscription-news';
import { SubscriptionRepository } from './subscriptions/subscription.repository';
import { SubscriptionsController } from './subscriptions/subscriptions.controller';
import { SubscriptionsReadModel } from './subscriptions/subscriptions.read-model';
import { Subscriptions } from './subscriptions/subscriptions.service';
import { TermsRepository } from './subscriptions/terms.repository';
import { OtherUsageConsumer } from './usage/other-usage.consumer';
import { UsageConsumer } from './usage/usage.consumer';
import { UsageController } from './usage/usage.controller';
import { UsageHistoryReadModel } from './usage/usage-history.read-model';
import { UsageReadModel } from './usage/usage.read-model';
import { Usage } from './usage/usage.service';
import { WalletConsumer } from './wallet/wallet.consumer';
import { WalletController } from './wallet/wallet.controller';
import { WalletService } from './wallet/wallet.service';

@Module({
  imports: [PrivacyParticipantModule.of({ service: 'billing', tables: BILLING_DATA })],
  controllers: [
    ErasedTenantsConsumer,
    CatalogueController,
    CheckoutController,
    HoldsConsumer,
    HoldsController,
    LedgerController,
    ModulesController,
    OnboardingConsumer,
    OtherUsageConsumer,
    ...REFERRAL_CONTROLLERS,
    QuotasController,
    ReconciliationController,
    PaymentsController,
    StripeEventsConsumer,
    StripeSyncController,
    SubscriptionsController,
    TenantBillingController,
    UsageConsumer,
    UsageController,
    WalletConsumer,
    WalletController,
  ],
  providers: [
    ...RECONCILIATION_PROVIDERS,
    Bookkeeper,
    BooksNews,
    BooksRepository,
    BoughtUnits,
    CallHoldsJob,
    Cards,
    Cash,
    CatalogueRepository,
    CatalogueService,
    Checkout,
    Collector,
    CustomerRepository,
    CustomerSync,
    Customers,
    DisputeRepository,
    Disputes,
    ForgottenCustomers,
    Grants,
    HoldsService,
    InvoiceRepository,
    Ledger,
    LineClaims,
    LostUpgrades,
    OpenPages,
    OpenStripeNews,
    ProductLines,
    LedgerAuditService,
    LedgerRepository,
    ModuleOverrideRepository,
    Modules,
    MeterReportRepository,
    MeterReports,
    PaymentAdministration,
    PaymentListeners,
    PaymentNews,
    PaymentPoster,
    PaymentRepository,
    PaymentsReadModel,
    PastPeriods,
    PeriodKeeper,
    ...REFERRAL_PROVIDERS,
    QuotaRepository,
    Quotas,
    Portal,
    Refunds,
    Sales,
    SessionRepository,
    StripeCatalogue,
    StripeCatalogueRepository,
    StripeClient,
    StripeEventRepository,
    StripeEvents,
    StripeObjects,
    StripeReader,
    StripeSubscriptions,
    StripeSync,
    SubscriberUsage,
    OwnSubscription,
    SubscriptionChanges,
    SubscriptionItems,
    SubscriptionNews,
    SubscriptionRepository,
    Subscriptions,
    SubscriptionsReadModel,
    BillingSummariesService,
    TenantBillingService,
    TenantLine,
    TermsRepository,
    UnpaidPeriods,
    UpkeepService,
    Usage,
    UsageHistoryReadModel,
    UsageReadModel,
    WaitingDowngrades,
    WalletService,
  ],
})
export class BillingModule {}
