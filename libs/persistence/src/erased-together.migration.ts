import type { MigrationInterface, QueryRunner } from 'typeorm';
import { currentService } from './kit-tables.migration';
import { admitSeveralTenants } from './row-security';

/** Events of several tenants that are handled together must see which of these are gone. */
export class ErasedTogether1700000000003 implements MigrationInterface {
  readonly name = 'ErasedTogether1700000000003';

  async up(runner: QueryRunner): Promise<void> {
    const service = await currentService(runner);
    await admitSeveralTenants(runner, service, 'erased_tenants', { readOnly: true });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP POLICY several_tenants ON erased_tenants');
  }
}
