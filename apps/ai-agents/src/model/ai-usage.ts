import { Injectable } from '@nestjs/common';
import { aiUsageRecordedV1 } from '@parley/contracts';
import { Outbox } from '@parley/messaging';
import { AiRequestRepository, type FinishedRequest } from './ai-request.repository';

/** Tells what the models used: one row and one event per request, however it ended. */
@Injectable()
export class AiUsage {
  constructor(
    private readonly requests: AiRequestRepository,
    private readonly outbox: Outbox,
  ) {}

  /** Joins the open transaction. A second call for the same request does nothing. */
  async record(request: FinishedRequest, tenantId: string): Promise<void> {
    const usage = await this.requests.finish(request);
    if (!usage) return;
    const { id, ...facts } = usage;
    await this.outbox.add(aiUsageRecordedV1, { requestId: id, ...facts }, { subject: id, tenantId });
  }
}
