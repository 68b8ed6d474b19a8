import { randomBytes } from 'node:crypto';
import {
  type ActRecordedV1,
  billingActRecordedV1,
  type AiUsageRecordedV1,
  aiUsageRecordedV1,
  type CallEndedV1,
  type CallerContext,
  callEndedV1,
  callEnrichedV1,
  callStartedV1,
  type EventDefinition,
  type EventEnvelope,
  EVENTS,
  newId,
  onboardingRequestedV1,
  type Operation,
  runAs,
  systemCaller,
  privacyRequestedV1,
  type TenantCreatedV1,
  tenantCreatedV1,
} from '@parley/contracts';
import { InProcessTransport, RpcClient } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { type RunningService, startService } from '@parley/platform';
import { aCallEnded, aCaller, type TestDatabase, testDatabase } from '@parley/testing';
import { billing } from '../src';

/** One replica of billing, reached only through its doors. */
export class Replica {
  readonly published: EventEnvelope[] = [];
  private readonly transport = new InProcessTransport();
  private service: RunningService;

  /** Of its own; given when it starts. */
  database: TestDatabase;

  static async start(database: TestDatabase, env: Record<string, string> = {}): Promise<Replica> {
    const replica = new Replica();
    await replica.begin(database, env);
    return replica;
  }

  async begin(database: TestDatabase, env: Record<string, string> = {}): Promise<void> {
    this.database = database;
    this.service = await startService(billing, {
      env: {
        DATABASE_URL: database.urlOf('billing'),
        NODE_ENV: 'test',
        ENCRYPTION_KEY: randomBytes(32).toString('base64'),
        ...env,
      },
      transport: this.transport,
      quiet: true,
    });
    const types = EVENTS.map(({ type }) => type).filter((type) => type.startsWith('billing.'));
    await this.transport.observe(types, (envelope) => this.published.push(envelope));
  }

  get rpc(): RpcClient {
    return new RpcClient(this.transport);
  }

  /** Resolves when the event was handled; an error means it will be delivered again. */
  async deliver(...envelopes: EventEnvelope[]): Promise<(Error | undefined)[]> {
    return this.transport.publish(envelopes);
  }

  ask<Request extends object, Response extends object>(
    tenantId: string,
    operation: Operation<Request, Response>,
    request: Request,
  ): Promise<Response> {
    return runAs(aCaller({ tenantId }), () => new RpcClient(this.transport).call(operation, request));
  }

  askAs<Request extends object, Response extends object>(
    caller: CallerContext,
    operation: Operation<Request, Response>,
    request: Request,
  ): Promise<Response> {
    return runAs(caller, () => new RpcClient(this.transport).call(operation, request));
  }

  askAsPlatform<Request extends object, Response extends object>(
    operation: Operation<Request, Response>,
    request: Request,
  ): Promise<Response> {
    return runAs(aCaller({ roles: ['super_admin'] }), () =>
      new RpcClient(this.transport).call(operation, request),
    );
  }

  /** Runs work of a service's own, as Stripe's news or a job would, in a transaction of the tenant. */
  within<T>(tenantId: string, work: () => Promise<T>): Promise<T> {
    return runAs(systemCaller(newId(), tenantId), () =>
      this.get<Database>(Database).forTenant(tenantId, work),
    );
  }

  /** Payloads of an event that were told of a tenant, oldest first. */
  told<Payload extends object>(tenantId: string, event: EventDefinition<Payload>): Payload[] {
    return this.published
      .filter(({ meta }) => meta.type === event.type && meta.tenantId === tenantId)
      .map(({ payload }) => payload as Payload);
  }

  /** Acts that the audit trail was told of, in the tenant's or without one in the platform's, oldest first. */
  acts(tenantId?: string): string[] {
    return this.published
      .filter(({ meta }) => meta.type === billingActRecordedV1.type && meta.tenantId === tenantId)
      .map(({ payload }) => (payload as ActRecordedV1).action);
  }

  get<T>(token: Parameters<RunningService['get']>[0]): T {
    return this.service.get(token) as T;
  }

  close(): Promise<void> {
    return this.service.close();
  }
}

/** Billing over a database of its own, for all tests of the `describe` that calls this. */
export function useBilling(env: Record<string, string> = {}): Replica {
  const replica = new Replica();
  beforeAll(async () => replica.begin(await billingDatabase(), env));
  afterAll(async () => {
    await replica.close();
    await replica.database.remove();
  });
  return replica;
}

export async function billingDatabase(): Promise<TestDatabase> {
  return testDatabase([billing]);
}

function envelopeOf<Payload extends object>(
  event: EventDefinition<Payload>,
  tenantId: string | undefined,
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
    ...(tenantId ? { tenantId } : {}),
  };
  return { meta: { ...meta, correlationId: newId() }, payload };
}

export const onboardingRequested = (tenantId: string, planCode: string): EventEnvelope =>
  envelopeOf(onboardingRequestedV1, tenantId, tenantId, {
    runId: newId(),
    tenantId,
    ownerId: newId(),
    planCode,
  });

export const tenantCreated = (tenantId: string, fields: Partial<TenantCreatedV1> = {}): EventEnvelope =>
  envelopeOf(tenantCreatedV1, tenantId, tenantId, { ...tenantCreatedV1.sample, tenantId, ...fields });

export const tenantErased = (tenantId: string): EventEnvelope => {
  const requestId = newId();
  return envelopeOf(privacyRequestedV1, undefined, requestId, {
    requestId,
    kind: 'erasure',
    scope: 'tenant',
    tenantId,
    wholeTenantIds: [tenantId],
  });
};

export const callEnded = (tenantId: string, fields: Partial<CallEndedV1> = {}): EventEnvelope => {
  const call = aCallEnded(fields);
  return envelopeOf(callEndedV1, tenantId, call.callId, call);
};

export const callEnriched = (
  tenantId: string,
  version: number,
  fields: Partial<CallEndedV1> & { callId: string },
): EventEnvelope => envelopeOf(callEnrichedV1, tenantId, fields.callId, { ...aCallEnded(fields), version });

export const callStarted = (tenantId: string, callId: string): EventEnvelope =>
  envelopeOf(callStartedV1, tenantId, callId, { ...callStartedV1.sample, callId });

export const aiUsed = (tenantId: string, fields: Partial<AiUsageRecordedV1> = {}): EventEnvelope => {
  const used = { ...aiUsageRecordedV1.sample, requestId: newId(), conversationId: newId(), ...fields };
  return envelopeOf(aiUsageRecordedV1, tenantId, used.requestId, used);
};
