import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The relay asks for every event whether an earlier one of its subject is held back: hardly any ever is. */
export class BillingRelayIndex1700002200100 implements MigrationInterface {
  readonly name = 'BillingRelayIndex1700002200100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX outbox_held_back ON outbox (subject, id) WHERE attempts > 0');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX outbox_held_back');
  }
}
