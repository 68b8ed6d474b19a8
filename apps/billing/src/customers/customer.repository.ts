import { Injectable } from '@nestjs/common';
import { Database } from '@parley/persistence';

/** Which customer of Stripe's a tenant is. */
@Injectable()
export class CustomerRepository {
  constructor(private readonly database: Database) {}

  async customerOf(tenantId: string): Promise<string | undefined> {
    const [row] = await this.database.query<{ customerId: string }>(
      'SELECT stripe_customer_id AS "customerId" FROM billing_customers WHERE tenant_id = $1',
      [tenantId],
    );
    return row?.customerId;
  }

  /** In system scope. */
  async tenantOf(customerId: string): Promise<string | undefined> {
    const [row] = await this.database.query<{ tenantId: string }>(
      `SELECT tenant_id AS "tenantId" FROM billing_customers WHERE stripe_customer_id = $1
       UNION ALL SELECT tenant_id FROM former_customers WHERE stripe_customer_id = $1`,
      [customerId],
    );
    return row?.tenantId;
  }

  /** The first one said stays. @returns the one that holds */
  async keep(tenantId: string, customerId: string): Promise<string> {
    await this.database.execute(
      `INSERT INTO billing_customers (tenant_id, stripe_customer_id) VALUES ($1, $2)
       ON CONFLICT (tenant_id) DO NOTHING`,
      [tenantId, customerId],
    );
    return (await this.customerOf(tenantId)) ?? customerId;
  }

  /** What the former one paid stays the tenant's. @returns the one that holds */
  async replace(tenantId: string, former: string, customerId: string): Promise<string> {
    const replaced = await this.database.execute(
      'UPDATE billing_customers SET stripe_customer_id = $3 WHERE tenant_id = $1 AND stripe_customer_id = $2',
      [tenantId, former, customerId],
    );
    if (replaced > 0)
      await this.database.execute(
        'INSERT INTO former_customers (stripe_customer_id, tenant_id) VALUES ($1, $2) ON CONFLICT DO NOTHING',
        [former, tenantId],
      );
    return (await this.customerOf(tenantId)) ?? customerId;
  }

  /** In system scope. */
  ofTenants(tenantIds: readonly string[]): Promise<{ tenantId: string; customerId: string }[]> {
    return this.database.query(
      `SELECT tenant_id AS "tenantId", stripe_customer_id AS "customerId" FROM billing_customers
       WHERE tenant_id = ANY($1::uuid[]) ORDER BY tenant_id`,
      [tenantIds],
    );
  }

  /** In system scope. */
  all(): Promise<{ tenantId: string; customerId: string }[]> {
    return this.database.query(
      'SELECT tenant_id AS "tenantId", stripe_customer_id AS "customerId" FROM billing_customers ORDER BY tenant_id',
    );
  }
}
