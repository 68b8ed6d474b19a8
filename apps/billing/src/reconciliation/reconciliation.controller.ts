import { Controller } from '@nestjs/common';
import {
  getReconciliation,
  type GetRunRequest,
  listReconciliations,
  type PageRequest,
  type ReconciliationRunDetail,
  type ReconciliationRunPage,
  type StartedRun,
  startReconciliation,
  type StartRunRequest,
} from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { ReconciliationReadModel } from './reconciliation.read-model';
import { Reconciliation } from './reconciliation.service';

@Controller()
export class ReconciliationController {
  constructor(
    private readonly reconciliation: Reconciliation,
    private readonly history: ReconciliationReadModel,
  ) {}

  @Handles(startReconciliation)
  start(request: StartRunRequest): Promise<StartedRun> {
    return this.reconciliation.start(request);
  }

  @Handles(listReconciliations)
  list(request: PageRequest): Promise<ReconciliationRunPage> {
    return this.history.list(request);
  }

  @Handles(getReconciliation)
  get(request: GetRunRequest): Promise<ReconciliationRunDetail> {
    return this.history.get(request);
  }
}
