import { Inject, Injectable } from '@nestjs/common';
import { type FieldChange, type ReplayResult, runAs, systemCaller } from '@parley/contracts';
import { Database } from '@parley/persistence';
import { type JournalledEvent, type Observation, ObservationSink } from '../observations';
import { EventApplier } from './event-applier';
import type { JournalRowDetail } from './journal.repository';

/** Ends a transaction whose effects were only to be looked at. */
class LookedAt extends Error {
  constructor(readonly changes: FieldChange[]) {
    super('looked at');
  }
}

type Facts = Record<string, unknown>;

/** Shows what the current parser makes of an entry, and what applying it now would change. */
@Injectable()
export class ReplayPreview {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(EventApplier) private readonly applier: EventApplier,
    @Inject(ObservationSink) private readonly sink: ObservationSink,
  ) {}

  async of(row: JournalRowDetail, tenantId: string | null): Promise<ReplayResult> {
    const result: ReplayResult = { id: row.id, outcome: 'dry-run' };
    const { provider } = row;
    // An event of the platform is handed on as it is: nothing of ours would change here.
    if (tenantId === null || provider === 'stripe') return { ...result, observations: [], changes: [] };
    const { id, kind, contentType, path, body, receivedAt } = row;
    const event: JournalledEvent = { id, provider, kind, tenantId, contentType, path, body, receivedAt };
    try {
      const observations = this.applier.read(event);
      result.observations = observations.map((observation) => JSON.stringify(observation));
      result.changes = await this.changesBy(observations, event);
    } catch (error) {
      result.failure = error instanceof Error ? error.message : String(error);
    }
    return result;
  }

  /** Applies for real and takes it back: no second implementation could say as surely what would happen. */
  private async changesBy(
    observations: readonly Observation[],
    event: JournalledEvent,
  ): Promise<FieldChange[]> {
    try {
      await runAs(systemCaller(event.id, event.tenantId), () =>
        this.database.forTenant(event.tenantId, async () => {
          const before = await this.stateOf(observations);
          await this.sink.apply(observations, event);
          throw new LookedAt(changesBetween(before, await this.stateOf(observations)));
        }),
      );
    } catch (error) {
      if (error instanceof LookedAt) return error.changes;
      throw error;
    }
    return [];
  }

  private async stateOf(observations: readonly Observation[]): Promise<Facts> {
    const state: Facts = {};
    for (const observation of observations) {
      const [table, column, providerId] =
        observation.about === 'call'
          ? ['calls', 'provider_call_id', observation.providerCallId]
          : ['messages', 'provider_message_id', observation.providerMessageId];
      const rows = await this.database.query<{ facts: Facts }>(
        `SELECT to_jsonb(t) - 'updated_at' AS facts FROM ${table} t WHERE ${column} = $1`,
        [providerId],
      );
      for (const { facts } of rows) {
        for (const [field, value] of Object.entries(facts)) state[`${table}.${field}`] = value;
      }
    }
    return state;
  }
}

function changesBetween(before: Facts, after: Facts): FieldChange[] {
  return Object.keys(after)
    .map((field) => ({ field, before: shown(before[field]), after: shown(after[field]) }))
    .filter((change) => change.before !== change.after);
}

function shown(value: unknown): string | null {
  return value === undefined || value === null ? null : JSON.stringify(value).slice(0, 2000);
}
