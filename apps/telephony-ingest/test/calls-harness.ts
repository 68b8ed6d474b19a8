import {
  type CallEndedV1,
  callEndedV1,
  type CallEnrichedV1,
  callEnrichedV1,
  type CallerContext,
  callStartedV1,
  runAs,
  smsReceivedV1,
} from '@parley/contracts';
import { InProcessTransport, RpcClient } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { baseShape, defineService, integer, type RunningService, startService } from '@parley/platform';
import { eventually, type TestDatabase, testDatabase } from '@parley/testing';
import { CallRecorder } from '../src/calls/call-recorder';
import { CallsModule } from '../src/calls/calls.module';
import { CallStarts1700002351000 } from '../src/migrations/call-starts.migration';
import { CallsSchema1700000300000 } from '../src/migrations/calls.migration';
import { Standings1700001750000 } from '../src/migrations/standings.migration';
import type { JournalledEvent } from '../src/observations';
import { NORMALISERS } from '../src/providers/normalisers';

const spec = defineService({
  name: 'telephony-ingest',
  config: { ...baseShape, CALL_REPORT_GRACE_SECONDS: integer(120) },
  module: CallsModule,
  migrations: [CallsSchema1700000300000, Standings1700001750000, CallStarts1700002351000],
  jobs: true,
});

export interface Announcement {
  type: string;
  payload: CallEndedV1 & CallEnrichedV1;
}

/** The calls feature alone, driven as the journal's worker drives it. */
export class CallsHarness {
  readonly announced: (Announcement & { tenantId: string | undefined })[] = [];
  private readonly transport = new InProcessTransport();
  private service: RunningService | undefined;

  private constructor(readonly database: TestDatabase) {}

  static async start(): Promise<CallsHarness> {
    const harness = new CallsHarness(await testDatabase([spec]));
    const types = [callStartedV1, callEndedV1, callEnrichedV1, smsReceivedV1].map(({ type }) => type);
    await harness.transport.observe(types, ({ meta, payload }) => {
      harness.announced.push({
        tenantId: meta.tenantId,
        type: meta.type,
        payload: payload as Announcement['payload'],
      });
    });
    await harness.restart();
    return harness;
  }

  async restart(graceSeconds = 120): Promise<void> {
    await this.service?.close();
    this.service = await startService(spec, {
      env: {
        DATABASE_URL: this.database.urlOf('telephony-ingest'),
        NODE_ENV: 'test',
        CALL_REPORT_GRACE_SECONDS: String(graceSeconds),
      },
      transport: this.transport,
      quiet: true,
    });
  }

  async stop(): Promise<void> {
    await this.service?.close();
    await this.transport.close();
    await this.database.remove();
  }

  apply(caller: CallerContext, event: JournalledEvent): Promise<void> {
    const own = { ...event, tenantId: caller.tenantId ?? '' };
    return this.inTenant(caller, () => this.get(CallRecorder).apply(NORMALISERS[own.provider](own), own));
  }

  inTenant<T>(caller: CallerContext, work: (database: Database) => Promise<T>): Promise<T> {
    const database = this.get(Database);
    return runAs(caller, () => database.tenant(() => work(database)));
  }

  ask<T>(caller: CallerContext, work: (rpc: RpcClient) => Promise<T>): Promise<T> {
    return runAs(caller, () => work(new RpcClient(this.transport)));
  }

  announcementsOf({ tenantId }: CallerContext): Announcement[] {
    return this.announced.filter((announcement) => announcement.tenantId === tenantId);
  }

  /** Types of all there was to announce, once the outbox is empty. */
  async announcedTo(caller: CallerContext): Promise<string[]> {
    await eventually(async () => {
      expect(await this.database.query('SELECT 1 FROM telephony.outbox')).toEqual([]);
    });
    return this.announcementsOf(caller).map(({ type }) => type);
  }

  private get<T>(type: new (...parameters: never[]) => T): T {
    if (!this.service) throw new Error('The service is not running');
    return this.service.get(type as new () => T);
  }
}
