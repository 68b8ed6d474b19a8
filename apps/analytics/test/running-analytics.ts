import {
  type CallEndedV1,
  callEndedV1,
  callEnrichedV1,
  type CallerContext,
  type EventDefinition,
  type EventEnvelope,
  newId,
  type Operation,
  runAs,
  smsReceivedV1,
  tenantCreatedV1,
} from '@parley/contracts';
import { InProcessTransport, RpcClient } from '@parley/messaging';
import { type RunningService, startService } from '@parley/platform';
import { aCallEnded, aCaller, type TestDatabase, testDatabase } from '@parley/testing';
import { analytics } from '../src';
import { RollupService } from '../src/daily/rollup.service';

/** One replica of analytics, reached through its doors. */
export class Replica {
  private readonly transport = new InProcessTransport();
  private service: RunningService;

  static async start(database: TestDatabase): Promise<Replica> {
    const replica = new Replica();
    replica.service = await startService(analytics, {
      env: { DATABASE_URL: database.urlOf('analytics'), NODE_ENV: 'test' },
      transport: replica.transport,
      quiet: true,
    });
    return replica;
  }

  async deliver(...envelopes: EventEnvelope[]): Promise<(Error | undefined)[]> {
    return this.transport.publish(envelopes);
  }

  ask<Request extends object, Response extends object>(
    caller: Partial<CallerContext>,
    operation: Operation<Request, Response>,
    request: Request,
  ): Promise<Response> {
    return runAs(aCaller(caller), () => new RpcClient(this.transport).call(operation, request));
  }

  /** What the schedule does each quarter of an hour. */
  rollUp(now: string): Promise<void> {
    return runAs(aCaller(), () => this.service.get(RollupService).rollUp(new Date(now)));
  }

  close(): Promise<void> {
    return this.service.close();
  }
}

export async function analyticsDatabase(): Promise<TestDatabase> {
  return testDatabase([analytics]);
}

function envelopeOf<Payload extends object>(
  event: EventDefinition<Payload>,
  tenantId: string,
  subject: string,
  payload: Payload,
): EventEnvelope {
  const id = newId();
  const meta = {
    id,
    source: event.producer,
    type: event.type,
    time: new Date().toISOString(),
    subject,
    tenantId,
  };
  return { meta: { ...meta, correlationId: newId() }, payload };
}

export const tenantCreated = (tenantId: string, timezone = 'America/Toronto'): EventEnvelope =>
  envelopeOf(tenantCreatedV1, tenantId, tenantId, { ...tenantCreatedV1.sample, tenantId, timezone });

/** A call that began at `startedAt`. */
export const callEnded = (tenantId: string, fields: Partial<CallEndedV1> = {}): EventEnvelope => {
  const call = aCallEnded(fields);
  return envelopeOf(callEndedV1, tenantId, call.callId, call);
};

export const callEnriched = (
  tenantId: string,
  version: number,
  fields: Partial<CallEndedV1> & { callId: string },
): EventEnvelope => envelopeOf(callEnrichedV1, tenantId, fields.callId, { ...aCallEnded(fields), version });

export const smsReceived = (tenantId: string, receivedAt: string, messageId = newId()): EventEnvelope =>
  envelopeOf(smsReceivedV1, tenantId, messageId, { ...smsReceivedV1.sample, messageId, receivedAt });
