import type { QueryRunner } from 'typeorm';
import type { ServiceName } from '@parley/contracts';
import { protectTenantTable } from './row-security';

/** What a service knows of how long each tenant keeps its data (`identity.retention.changed`). */
export async function createRetentionTable(runner: QueryRunner, service: ServiceName): Promise<void> {
  await runner.query(`CREATE TABLE retention (
    tenant_id uuid PRIMARY KEY,
    version int NOT NULL,
    calls_days int CHECK (calls_days > 0),
    messages_days int CHECK (messages_days > 0),
    conversations_days int CHECK (conversations_days > 0),
    deliveries_days int CHECK (deliveries_days > 0))`);
  await protectTenantTable(runner, service, 'retention');
}
