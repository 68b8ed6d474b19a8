import { Module } from '@nestjs/common';
import { PrivacyParticipantModule } from '@parley/platform';
import { TenantBillingController } from './admin/tenant-billing.controller';
import { TenantBillingService } from './admin/tenant-billing.service';
import { Bookkeeper } from './books/bookkeeper';
import { BooksNews } from './books/books-news';
import { BooksRepository } from './books/books.repository';
import { UpkeepService } from './books/upkeep.service';
import { CatalogueController } from './catalogue/catalogue.controller';
import { CatalogueRepository } from './catalogue/catalogue.repository';
import { CatalogueService } from './catalogue/catalogue.service';
import { SubscriberUsage } from './catalogue/subscriber-usage.read-model';
import { Grants } from './grants/grants.service';
import { HoldsConsumer } from './holds/holds.consumer';
import { HoldsController } from './holds/holds.controller';
import { HoldsService } from './holds/holds.service';
import { Ledger } from './ledger/ledger.service';
import { LedgerAuditService } from './ledger/ledger-audit.service';
import { LedgerController } from './ledger/ledger.controller';
import { LedgerRepository } from './ledger/ledger.repository';
import { PeriodKeeper } from './periods/period-keeper';
import { BILLING_DATA } from './privacy/billing-data';
import { SubscriptionNews } from './subscriptions/subscription-news';
import { SubscriptionRepository } from './subscriptions/subscription.repository';
import { SubscriptionsController } from './subscriptions/subscriptions.controller';
import { SubscriptionsReadModel } from './subscriptions/subscriptions.read-model';
import { Subscriptions } from './subscriptions/subscriptions.service';
import { TermsRepository } from './subscriptions/terms.repository';
import { OtherUsageConsumer } from './usage/other-usage.consumer';
import { UsageController } from './usage/usage.controller';
import { UsageReadModel } from './usage/usage.read-model';
import { UsageConsumer } from './usage/usage.consumer';
import { Usage } from './usage/usage.service';
import { WalletConsumer } from './wallet/wallet.consumer';
import { WalletController } from './wallet/wallet.controller';
import { WalletService } from './wallet/wallet.service';

@Module({
  imports: [PrivacyParticipantModule.of({ service: 'billing', tables: BILLING_DATA })],
  controllers: [
    CatalogueController,
    HoldsConsumer,
    HoldsController,
    LedgerController,
    OtherUsageConsumer,
    SubscriptionsController,
    TenantBillingController,
    UsageConsumer,
    UsageController,
    WalletConsumer,
    WalletController,
  ],
  providers: [
    Bookkeeper,
    BooksNews,
    BooksRepository,
    CatalogueRepository,
    CatalogueService,
    Grants,
    HoldsService,
    Ledger,
    LedgerAuditService,
    LedgerRepository,
    PeriodKeeper,
    SubscriberUsage,
    SubscriptionNews,
    SubscriptionRepository,
    Subscriptions,
    SubscriptionsReadModel,
    TenantBillingService,
    TermsRepository,
    UpkeepService,
    Usage,
    UsageReadModel,
    WalletService,
  ],
})
export class BillingModule {}
