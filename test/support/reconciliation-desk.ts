import { randomBytes } from 'node:crypto';
import {
  type ActRecordedV1,
  billingActRecordedV1,
  type EventDefinition,
  getReconciliation,
  type GetRunRequest,
  newId,
  type Operation,
  type OpsAlertRaisedV1,
  opsAlertRaisedV1,
  type ReconciliationRunDetail,
  runAs,
  startReconciliation,
  tenantCreatedV1,
} from '@parley/contracts';
import { InProcessTransport, RpcClient } from '@parley/messaging';
import { type RunningService, startService } from '@parley/platform';
import { aCaller, eventually, type TestDatabase, testDatabase } from '@parley/testing';
import { billing } from '../../apps/billing/src';
import { type RunningSandbox, startSandbox } from '../../apps/sandbox/src';
import { telephonyIngest } from '../../apps/telephony-ingest/src';

/** Billing and telephony over real PostgreSQL, and a simulated Stripe that tells nobody anything. */
export class ReconciliationDesk {
  readonly alerts: OpsAlertRaisedV1[] = [];
  /** Acts that the audit trail was told of, with whose they are. */
  readonly acts: { action: string; tenantId: string | undefined }[] = [];

  private constructor(
    readonly database: TestDatabase,
    readonly transport: InProcessTransport,
    readonly sandbox: RunningSandbox,
    private readonly services: RunningService[],
  ) {}

  static async start(settings: Record<string, string> = {}): Promise<ReconciliationDesk> {
    const database = await testDatabase([billing, telephonyIngest]);
    const transport = new InProcessTransport();
    const sandbox = await startSandbox({ port: 0, twilioAuthToken: 'unused', vapiSecret: 'unused' });
    const env = {
      NODE_ENV: 'test',
      PORT: '0',
      PUBLIC_URL: 'https://hooks.parley.test',
      SANDBOX_URL: sandbox.url,
      ENCRYPTION_KEY: randomBytes(32).toString('base64'),
      RECONCILIATION_BATCH: '7',
      ...settings,
    };
    const services: RunningService[] = [];
    for (const spec of [telephonyIngest, billing]) {
      const own = { ...env, DATABASE_URL: database.urlOf(spec.name) };
      services.push(await startService(spec as typeof billing, { env: own, transport, quiet: true }));
    }
    const desk = new ReconciliationDesk(database, transport, sandbox, services);
    await transport.observe([opsAlertRaisedV1.type], ({ payload }) =>
      desk.alerts.push(payload as OpsAlertRaisedV1),
    );
    await transport.observe([billingActRecordedV1.type], ({ payload, meta: { tenantId } }) =>
      desk.acts.push({ action: (payload as ActRecordedV1).action, tenantId }),
    );
    return desk;
  }

  async close(): Promise<void> {
    for (const service of this.services) await service.close();
    await this.sandbox.close();
    await this.database.remove();
  }

  ask<Request extends object, Response extends object>(
    tenantId: string,
    operation: Operation<Request, Response>,
    request: Request,
  ): Promise<Response> {
    return runAs(aCaller({ tenantId }), () => new RpcClient(this.transport).call(operation, request));
  }

  askAsPlatform<Request extends object, Response extends object>(
    operation: Operation<Request, Response>,
    request: Request,
  ): Promise<Response> {
    return runAs(aCaller({ roles: ['super_admin'] }), () =>
      new RpcClient(this.transport).call(operation, request),
    );
  }

  async tell<Payload extends object>(
    event: EventDefinition<Payload>,
    tenantId: string,
    subject: string,
    payload: Payload,
  ): Promise<void> {
    const id = newId();
    const { producer: source, type } = event;
    const meta = { id, source, type, time: new Date().toISOString(), subject, tenantId, correlationId: id };
    const [failure] = await this.transport.publish([{ meta, payload }]);
    if (failure) throw failure;
  }

  async aTenant(): Promise<string> {
    const tenantId = newId();
    await this.tell(tenantCreatedV1, tenantId, tenantId, { ...tenantCreatedV1.sample, tenantId });
    return tenantId;
  }

  begin(): Promise<{ runId: string }> {
    return this.askAsPlatform(startReconciliation, {});
  }

  detail(id: string, query: Omit<GetRunRequest, 'id'> = {}): Promise<ReconciliationRunDetail> {
    return this.askAsPlatform(getReconciliation, { id, ...query });
  }

  async reconcile(): Promise<ReconciliationRunDetail> {
    const { runId } = await this.begin();
    return eventually(async () => {
      const run = await this.detail(runId, { limit: 200 });
      expect(run.run.status).toBe('done');
      return run;
    }, 60_000);
  }
}
