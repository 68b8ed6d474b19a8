import { Injectable } from '@nestjs/common';
import { Database } from '@parley/persistence';

/** What Stripe says of one tenant is applied one after another; taken first of all locks. */
@Injectable()
export class TenantLine {
  constructor(private readonly database: Database) {}

  inTurn<T>(tenantId: string, work: () => Promise<T>): Promise<T> {
    return this.database.forTenant(tenantId, async () => {
      await this.database.execute('SELECT pg_advisory_xact_lock(hashtextextended($1, 41))', [tenantId]);
      return work();
    });
  }
}
