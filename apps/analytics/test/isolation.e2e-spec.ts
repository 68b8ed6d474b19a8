import { getCallMetrics, getMetricsSummary, newId } from '@parley/contracts';
import type { TestDatabase } from '@parley/testing';
import { Client } from 'pg';
import { analyticsDatabase, callEnded, Replica, smsReceived } from './running-analytics';

const RANGE = { from: '2026-11-20', to: '2026-11-20' };

describe('another tenant', () => {
  let database: TestDatabase;
  let analytics: Replica;
  const tenantId = newId();

  beforeAll(async () => {
    database = await analyticsDatabase();
    analytics = await Replica.start(database);
    await analytics.deliver(callEnded(tenantId), smsReceived(tenantId, '2026-11-20T14:00:00Z'));
  });
  afterAll(async () => {
    await analytics?.close();
    await database?.remove();
  });

  it('counts none of these calls', async () => {
    await expect(analytics.ask({ tenantId }, getMetricsSummary, RANGE)).resolves.toMatchObject({ calls: 1 });
    const stranger = { tenantId: newId() };
    await expect(analytics.ask(stranger, getMetricsSummary, RANGE)).resolves.toMatchObject({
      calls: 0,
      smsIn: 0,
    });
    await expect(analytics.ask(stranger, getCallMetrics, RANGE)).resolves.toMatchObject({ total: 0 });
  });

  it.each(['tenants', 'call_facts', 'message_facts', 'daily_metrics'])(
    'sees nothing of %s in a raw session of the service',
    async (table) => {
      const session = new Client({ connectionString: database.urlOf('analytics') });
      await session.connect();
      const seen = async () => (await session.query(`SELECT 1 FROM ${table}`)).rowCount;
      const become = (id: string) => session.query("SELECT set_config('app.tenant_id', $1, false)", [id]);

      const without = await seen();
      await become(newId());
      const asStranger = await seen();
      await become(tenantId);
      const asOwner = await seen();
      await session.end();

      expect([without, asStranger]).toEqual([0, 0]);
      expect(asOwner).toBeGreaterThan(0);
    },
  );
});
