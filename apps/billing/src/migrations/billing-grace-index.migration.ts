import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Each minute those are sought whose grace is over: few have any. */
export class BillingGraceIndex1700002360000 implements MigrationInterface {
  readonly name = 'BillingGraceIndex1700002360000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'CREATE INDEX tenant_books_grace ON tenant_books (grace_until) WHERE grace_until IS NOT NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX tenant_books_grace');
  }
}
