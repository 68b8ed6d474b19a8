import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Mails of an invitation are counted from here on; null: since it was made. */
export class InvitationMails1700002330100 implements MigrationInterface {
  readonly name = 'InvitationMails1700002330100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE invitations ADD mails_since timestamptz');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE invitations DROP mails_since');
  }
}
