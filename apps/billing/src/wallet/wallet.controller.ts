import { Controller } from '@nestjs/common';
import {
  type CreditBalance,
  type CreditTransactionPage,
  getCredits,
  listTransactions,
  type ListTransactionsRequest,
  type Nothing,
} from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { WalletService } from './wallet.service';

@Controller()
export class WalletController {
  constructor(private readonly wallets: WalletService) {}

  @Handles(getCredits)
  credits(_request: Nothing): Promise<CreditBalance> {
    return this.wallets.credits();
  }

  @Handles(listTransactions)
  transactions(request: ListTransactionsRequest): Promise<InstanceType<typeof CreditTransactionPage>> {
    return this.wallets.transactions(request);
  }
}
