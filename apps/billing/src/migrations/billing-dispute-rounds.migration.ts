import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A dispute that was decided can be decided again: how often, and what of the payment counts as lost meanwhile. */
export class BillingDisputeRounds1700002370010 implements MigrationInterface {
  readonly name = 'BillingDisputeRounds1700002370010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE disputes
      ADD COLUMN round int NOT NULL DEFAULT 1,
      ADD COLUMN lost_cents bigint NOT NULL DEFAULT 0,
      -- Before Stripe was asked: an older answer changes nothing.
      ADD COLUMN as_of timestamptz`);
    await runner.query(`UPDATE disputes SET lost_cents = amount_cents WHERE state = 'lost'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE disputes DROP COLUMN round, DROP COLUMN lost_cents, DROP COLUMN as_of');
  }
}
