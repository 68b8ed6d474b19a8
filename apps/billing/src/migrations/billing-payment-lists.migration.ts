import type { MigrationInterface, QueryRunner } from 'typeorm';

const NEWEST = 'created_at DESC, id DESC';

/** What administrators list by a status that few payments have. */
export class BillingPaymentLists1700002370030 implements MigrationInterface {
  readonly name = 'BillingPaymentLists1700002370030';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE INDEX payments_disputed ON payments (${NEWEST}) WHERE dispute_state IN ('opened', 'lost')`,
    );
    await runner.query(`CREATE INDEX payments_failed ON payments (${NEWEST}) WHERE state = 'failed'`);
    await runner.query(`CREATE INDEX payments_pending ON payments (${NEWEST}) WHERE state = 'pending'`);
    await runner.query(`CREATE INDEX payments_refunded ON payments (${NEWEST}) WHERE refunded_cents > 0`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX payments_disputed, payments_failed, payments_pending, payments_refunded');
  }
}
