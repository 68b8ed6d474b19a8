import type { CallDirection, CallOutcome, CallProvider, CallStatus } from '@parley/contracts';

/** A webhook that the journal has committed: what every normaliser reads. */
export interface JournalledEvent {
  readonly id: string;
  readonly provider: 'twilio' | 'vapi';
  /** The provider's own name of the event, such as `status-update` or `voice`. */
  readonly kind: string;
  readonly tenantId: string;
  readonly contentType: string;
  /** Path with query, as the provider called it. */
  readonly path: string;
  /** Exactly the bytes received. */
  readonly body: Buffer;
  readonly receivedAt: Date;
}

export interface TranscriptSegment {
  readonly speaker: 'agent' | 'user';
  readonly text: string;
  /** Milliseconds from the start of the call. */
  readonly offsetMs: number;
}

/** What one event tells about a call. Absent means: this event does not say. */
export interface CallObservation {
  readonly about: 'call';
  readonly provider: CallProvider;
  readonly providerCallId: string;
  /** Stable id of this fact, `provider:callId:kind:…`, unique per tenant (`call_events`). */
  readonly eventId: string;
  readonly eventType: string;
  readonly occurredAt: Date;
  readonly status?: CallStatus;
  /**
   * Whether a terminal status comes with all that is needed to charge and report the call. When not, the end
   * is announced once the final report comes, or after a grace period without it.
   */
  readonly final?: boolean;
  readonly direction?: CallDirection;
  readonly from?: string;
  readonly to?: string;
  readonly aiHandled?: boolean;
  /** Our agent, where the sender knows it. */
  readonly agentId?: string;
  /** The provider's own name of the agent, such as a Vapi assistant id. */
  readonly providerAgentId?: string;
  readonly startedAt?: Date;
  readonly endedAt?: Date;
  readonly durationSeconds?: number;
  readonly endedReason?: string;
  readonly outcome?: CallOutcome;
  readonly outcomeText?: string;
  readonly providerCostCents?: number;
  readonly summary?: string;
  readonly structuredData?: Record<string, unknown>;
  readonly language?: string;
  readonly transcript?: { content: string; segments: TranscriptSegment[] };
  /** One line of a live transcript, spoken at `occurredAt`; kept by its id until a full transcript replaces it. */
  readonly transcriptLine?: { lineId: string; speaker: TranscriptSegment['speaker']; text: string };
  readonly recording?: { providerRecordingId: string; url: string; durationSeconds?: number };
  /** What the timeline shows beside type and time; never credentials. */
  readonly details?: Record<string, unknown>;
}

/** What one event tells about a text message. */
export interface MessageObservation {
  readonly about: 'message';
  readonly provider: 'twilio';
  readonly providerMessageId: string;
  readonly direction: 'inbound' | 'outbound';
  readonly from: string;
  readonly to: string;
  /** Absent on status callbacks. */
  readonly body?: string;
  readonly segments?: number;
  readonly status: 'received' | 'queued' | 'sent' | 'delivered' | 'failed';
  readonly error?: string;
  readonly occurredAt: Date;
}

export type Observation = CallObservation | MessageObservation;

/** Reads a provider's event. No observation means the event is of no interest and rests as `ignored`. */
export type Normaliser = (event: JournalledEvent) => Observation[];

/** Applies observations in the open tenant transaction, with their outbox events. */
export abstract class ObservationSink {
  abstract apply(observations: readonly Observation[], event: JournalledEvent): Promise<void>;
}
