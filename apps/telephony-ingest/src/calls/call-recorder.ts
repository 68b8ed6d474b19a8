import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { currentCaller, newId } from '@parley/contracts';
import { Jobs } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { isDeepStrictEqual } from 'node:util';
import { MessageRecorder } from '../messages/message-recorder';
import {
  type CallObservation,
  type JournalledEvent,
  type Observation,
  ObservationSink,
} from '../observations';
import { announceEnd, CallAnnouncer, type Occasion } from './call-announcer';
import { firstState, isTerminal, looksDifferent, mergeObservation, stampOf } from './call-state';
import { CallRepository, type StoredCall } from './call.repository';
import { TranscriptRepository } from './transcript.repository';

/** A row that could be neither added nor locked twice in a row was deleted in between. */
const ATTEMPTS = 3;

/**
 * Makes calls of what providers tell, and announces them: started once, ended once, enriched after that. Applying
 * an event again changes and announces nothing, unless it is now read better than before.
 */
@Injectable()
export class CallRecorder extends ObservationSink implements OnModuleInit {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(Jobs) private readonly jobs: Jobs,
    @Inject(CallRepository) private readonly calls: CallRepository,
    @Inject(TranscriptRepository) private readonly transcripts: TranscriptRepository,
    @Inject(CallAnnouncer) private readonly announcer: CallAnnouncer,
    @Inject(MessageRecorder) private readonly messages: MessageRecorder,
  ) {
    super();
  }

  onModuleInit(): void {
    this.jobs.handle(announceEnd, ({ id }) => this.announceUnreported(id));
  }

  /** Calls before messages and each by their id, so that two workers never wait for each other in a circle. */
  async apply(observations: readonly Observation[], event: JournalledEvent): Promise<void> {
    const occasion: Occasion = { tenantId: event.tenantId, causationId: event.id };
    const calls = observations.filter((observation) => observation.about === 'call');
    calls.sort((a, b) =>
      a.providerCallId < b.providerCallId ? -1 : a.providerCallId > b.providerCallId ? 1 : 0,
    );
    for (const observation of calls) await this.record(observation, occasion);
    for (const observation of observations) {
      if (observation.about === 'message') await this.messages.record(observation, occasion);
    }
  }

  private async record(observation: CallObservation, occasion: Occasion): Promise<void> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const found = await this.calls.lockAndNote(occasion.tenantId, observation);
      if (found) return this.update(found, observation, occasion);
      if (await this.add(observation, occasion)) return;
    }
    throw new Error(
      `Call ${observation.provider}:${observation.providerCallId} can be neither added nor found`,
    );
  }

  private async add(observation: CallObservation, occasion: Occasion): Promise<boolean> {
    const { provider, providerCallId } = observation;
    const call = withAnnouncements({
      id: newId(),
      provider,
      providerCallId,
      state: firstState(observation),
      version: 1,
      hasLines: observation.transcriptLine !== undefined,
      startedAnnounced: false,
      endedAnnounced: false,
    });
    if (!(await this.calls.add(occasion.tenantId, observation, call))) return false;
    await this.keepParts(call, observation, undefined, occasion.tenantId);
    await this.announce(call, undefined, false, occasion);
    return true;
  }

  private async update(before: StoredCall, observation: CallObservation, occasion: Occasion): Promise<void> {
    const state = mergeObservation(before.state, observation);
    const hasLines =
      before.hasLines || (observation.transcriptLine !== undefined && !state.knownBy.transcript);
    const call = withAnnouncements({ ...before, state, hasLines });
    const partsChanged = await this.keepParts(call, observation, before, occasion.tenantId);
    const changed = partsChanged || looksDifferent(before.state, state);
    if (changed) call.version += 1;
    if (!isDeepStrictEqual(before, call)) await this.calls.save(call);
    await this.announce(call, before, changed, occasion);
  }

  /** Transcript and recording. True when a reader of the call would notice. */
  private async keepParts(
    call: StoredCall,
    observation: CallObservation,
    before: StoredCall | undefined,
    tenantId: string,
  ): Promise<boolean> {
    const { transcript, transcriptLine, recording, occurredAt } = observation;
    const { id, state } = call;
    let noticed = false;
    if (transcript && state.knownBy.transcript === stampOf(observation)) {
      noticed = await this.transcripts.keep(tenantId, id, transcript, state.language);
    } else if (!state.knownBy.transcript && call.hasLines) {
      if (transcriptLine) noticed = await this.transcripts.addLine(tenantId, id, transcriptLine, occurredAt);
      const moved = !before || looksDifferent(before.state, state);
      if (isTerminal(state.status) && (noticed || moved))
        await this.transcripts.assemble(tenantId, id, state);
    }
    if (recording && (await this.calls.addRecording(tenantId, id, recording))) noticed = true;
    return noticed;
  }

  private async announce(
    call: StoredCall,
    before: StoredCall | undefined,
    changed: boolean,
    occasion: Occasion,
  ): Promise<void> {
    const { status } = call.state;
    const wasTerminal = before !== undefined && isTerminal(before.state.status);
    if (call.startedAnnounced && !before?.startedAnnounced) await this.announcer.started(call, occasion);
    if (call.endedAnnounced && !before?.endedAnnounced) await this.announcer.ended(call, occasion);
    else if (call.endedAnnounced && changed) await this.announcer.enriched(call, occasion);
    else if (isTerminal(status) && !call.endedAnnounced && !wasTerminal) {
      await this.announcer.endedUnlessReported(call, occasion);
    }
  }

  private async announceUnreported(id: string): Promise<void> {
    const { tenantId } = currentCaller();
    if (!tenantId) throw new Error('The end of a call is announced for a tenant');
    await this.database.tenant(async () => {
      const call = await this.calls.lock(id);
      if (!call || call.endedAnnounced || !isTerminal(call.state.status)) return;
      const ended = { ...call, endedAnnounced: true };
      await this.calls.save(ended);
      await this.announcer.ended(ended, { tenantId });
    });
  }
}

/** Started: seen alive, and from which side. Ended: by a final report. Never started after ended. */
function withAnnouncements(call: StoredCall): StoredCall {
  const { status, final, direction } = call.state;
  const ended = isTerminal(status);
  return {
    ...call,
    startedAnnounced: call.startedAnnounced || (!ended && direction !== null),
    endedAnnounced: call.endedAnnounced || (ended && final),
  };
}
