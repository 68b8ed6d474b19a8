import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  CreditBalance,
  CreditTransactionPage,
  getCredits,
  listTransactions,
  ListTransactionsRequest,
} from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import { Answers, Requires } from '../edge/decorators';

@Controller('v1/billing')
@ApiTags('billing')
export class CreditsController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Get('credits')
  @Requires('credits:read')
  @Answers('Credit balance of the tenant', CreditBalance)
  credits(): Promise<string> {
    return this.rpc.forward(getCredits, {});
  }

  @Get('transactions')
  @Requires('credits:read')
  @Answers('Credit transactions, newest first', CreditTransactionPage)
  transactions(@Query() query: ListTransactionsRequest): Promise<string> {
    return this.rpc.forward(listTransactions, query);
  }
}
