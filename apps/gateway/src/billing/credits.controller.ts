import { Controller, Get, Inject, Query, StreamableFile } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import {
  CreditBalance,
  CreditTransaction,
  CreditTransactionPage,
  getCredits,
  listTransactions,
  ListTransactionsRequest,
} from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import { Answers, Requires } from '../edge/decorators';
import { statementFile } from './statement-file';

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

  @Get('transactions/export')
  @Requires('credits:read')
  @ApiProduces('text/csv')
  @Answers('The statement as CSV, newest first; of a long one the last line has a cursor', CreditTransaction)
  async export(@Query() { limit: _limit, ...filter }: ListTransactionsRequest): Promise<StreamableFile> {
    const file = await statementFile(filter, (page) => this.rpc.call(listTransactions, page));
    return new StreamableFile(file, {
      type: 'text/csv; charset=utf-8',
      disposition: 'attachment; filename="transactions.csv"',
    });
  }
}
