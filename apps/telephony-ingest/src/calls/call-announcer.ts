import { Inject, Injectable } from '@nestjs/common';
import {
  type CallEndedV1,
  callEndedV1,
  callEnrichedV1,
  callStartedV1,
  CallIdRequest,
} from '@parley/contracts';
import { CONFIG } from '@parley/platform';
import { type JobDefinition, Jobs, Outbox } from '@parley/messaging';
import { CallRepository, type StoredCall } from './call.repository';
import { TranscriptRepository } from './transcript.repository';

/** Announces an end whose report did not come. */
export const announceEnd: JobDefinition<CallIdRequest> = {
  name: 'announce-call-end',
  payload: CallIdRequest,
};

/** Where an announcement belongs: its tenant, and the journalled event that led to it. */
export interface Occasion {
  readonly tenantId: string;
  readonly causationId?: string;
}

/** Bounds of the contract; the tables hold the whole. */
const MAX_TRANSCRIPT = 200_000;
const MAX_SUMMARY = 20_000;

/** Tells the world about calls, in the transaction that changed them and under the lock of their row. */
@Injectable()
export class CallAnnouncer {
  constructor(
    @Inject(Outbox) private readonly outbox: Outbox,
    @Inject(Jobs) private readonly jobs: Jobs,
    @Inject(CallRepository) private readonly calls: CallRepository,
    @Inject(TranscriptRepository) private readonly transcripts: TranscriptRepository,
    @Inject(CONFIG) private readonly config: { CALL_REPORT_GRACE_SECONDS: number },
  ) {}

  async started({ id, provider, providerCallId, state }: StoredCall, occasion: Occasion): Promise<void> {
    const { direction, from, to, aiHandled, startedAt } = state;
    const turnedAway = await this.calls.wasTurnedAway(occasion.tenantId, provider, providerCallId);
    await this.outbox.add(
      callStartedV1,
      {
        callId: id,
        provider,
        providerCallId,
        direction: direction ?? 'inbound',
        from,
        to,
        aiHandled,
        startedAt: startedAt.toISOString(),
        ...(turnedAway ? { turnedAway } : {}),
      },
      { subject: id, ...occasion },
    );
  }

  async ended(call: StoredCall, occasion: Occasion): Promise<void> {
    await this.outbox.add(callEndedV1, await this.asItStands(call), { subject: call.id, ...occasion });
  }

  async enriched(call: StoredCall, occasion: Occasion): Promise<void> {
    const payload = { ...(await this.asItStands(call)), version: call.version };
    await this.outbox.add(callEnrichedV1, payload, { subject: call.id, ...occasion });
  }

  /** Waits for the provider's report, but not for ever. */
  async endedUnlessReported({ id }: StoredCall, { tenantId }: Occasion): Promise<void> {
    const runAt = new Date(Date.now() + this.config.CALL_REPORT_GRACE_SECONDS * 1000);
    await this.jobs.enqueue(announceEnd, { id }, { runAt, key: `call-ended:${id}`, tenantId });
  }

  private async asItStands({
    id,
    provider,
    providerCallId,
    state,
    hasLines,
  }: StoredCall): Promise<CallEndedV1> {
    const { direction, startedAt, endedAt, knownBy, summary } = state;
    const transcript = knownBy.transcript || hasLines ? await this.transcripts.findContent(id) : null;
    return {
      callId: id,
      provider,
      providerCallId,
      // Unknown only when nothing but a recording or a line was ever told of the call.
      direction: direction ?? 'inbound',
      from: state.from,
      to: state.to,
      status: state.status,
      aiHandled: state.aiHandled,
      outcome: state.outcome,
      durationSeconds: state.durationSeconds,
      providerCostCents: state.providerCostCents,
      transcript: transcript && transcript.slice(0, MAX_TRANSCRIPT),
      summary: summary && summary.slice(0, MAX_SUMMARY),
      structuredData: state.structuredData,
      language: state.language,
      startedAt: startedAt.toISOString(),
      endedAt: (endedAt ?? startedAt).toISOString(),
    };
  }
}
