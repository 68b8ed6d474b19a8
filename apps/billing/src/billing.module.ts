import { Module } from '@nestjs/common';
import { Bookkeeper } from './books/bookkeeper';
import { BooksNews } from './books/books-news';
import { BooksRepository } from './books/books.repository';
import { UpkeepService } from './books/upkeep.service';
import { Grants } from './grants/grants';
import { HoldsConsumer } from './holds/holds.consumer';
import { HoldsController } from './holds/holds.controller';
import { HoldsService } from './holds/holds.service';
import { Ledger } from './ledger/ledger';
import { LedgerAuditService } from './ledger/ledger-audit.service';
import { LedgerController } from './ledger/ledger.controller';
import { LedgerRepository } from './ledger/ledger.repository';
import { UsageConsumer } from './usage/usage.consumer';
import { Usage } from './usage/usage.service';
import { WalletConsumer } from './wallet/wallet.consumer';
import { WalletController } from './wallet/wallet.controller';
import { WalletService } from './wallet/wallet.service';

@Module({
  controllers: [
    HoldsConsumer,
    HoldsController,
    LedgerController,
    UsageConsumer,
    WalletConsumer,
    WalletController,
  ],
  providers: [
    Bookkeeper,
    BooksNews,
    BooksRepository,
    Grants,
    HoldsService,
    Ledger,
    LedgerAuditService,
    LedgerRepository,
    UpkeepService,
    Usage,
    WalletService,
  ],
})
export class BillingModule {}
