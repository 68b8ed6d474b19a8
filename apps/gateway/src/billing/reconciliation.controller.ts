import { Body, Controller, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  getReconciliation,
  listReconciliations,
  ListRunItemsQuery,
  PageRequest,
  ReconciliationRunDetail,
  ReconciliationRunPage,
  RunIdParam,
  StartedRun,
  startReconciliation,
  StartRunRequest,
} from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import { Audited } from '../audit/audited';
import { Answers, Limited, Requires } from '../edge/decorators';

@Controller('v1/admin/reconciliation-runs')
@ApiTags('admin')
export class ReconciliationController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Get()
  @Requires('reconciliation:admin')
  @Answers('Reconciliations, newest first; the one that runs shows how far it is', ReconciliationRunPage)
  list(@Query() query: PageRequest): Promise<string> {
    return this.rpc.forward(listReconciliations, query);
  }

  @Post()
  @Limited('RECON')
  @Requires('reconciliation:admin')
  @Audited('reconciliation.started')
  @Answers('Compare calls, use, ledger and payments now', StartedRun, {
    status: 202,
    errors: { 409: 'STATE_CONFLICT: one runs already' },
  })
  start(@Body() body: StartRunRequest): Promise<string> {
    return this.rpc.forward(startReconciliation, body);
  }

  @Get(':id')
  @Requires('reconciliation:admin')
  @Answers('A reconciliation and what it found', ReconciliationRunDetail, { errors: { 404: 'NOT_FOUND' } })
  get(@Param() { id }: RunIdParam, @Query() query: ListRunItemsQuery): Promise<string> {
    return this.rpc.forward(getReconciliation, { ...query, id });
  }
}
