import { Module } from '@nestjs/common';
import { PrivacyParticipantModule } from '@parley/platform';
import { LedgerAuditService } from './ledger/ledger-audit.service';
import { LedgerController } from './ledger/ledger.controller';
import { LedgerRepository } from './ledger/ledger.repository';
import { BILLING_DATA } from './privacy/billing-data';
import { UsageConsumer } from './usage/usage.consumer';
import { UsageRepository } from './usage/usage.repository';
import { UsageService } from './usage/usage.service';
import { WalletConsumer } from './wallet/wallet.consumer';
import { WalletController } from './wallet/wallet.controller';
import { WalletRepository } from './wallet/wallet.repository';
import { WalletService } from './wallet/wallet.service';

@Module({
  imports: [PrivacyParticipantModule.of({ service: 'billing', tables: BILLING_DATA })],
  controllers: [LedgerController, UsageConsumer, WalletConsumer, WalletController],
  providers: [
    LedgerAuditService,
    LedgerRepository,
    UsageRepository,
    UsageService,
    WalletRepository,
    WalletService,
  ],
})
export class BillingModule {}
