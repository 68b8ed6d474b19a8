import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How to reach a person by phone, and which of two changes of settings is the later one. */
export class PhonesAndSettingsVersions1700002340020 implements MigrationInterface {
  readonly name = 'PhonesAndSettingsVersions1700002340020';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE users ADD phone_e164 text CHECK (phone_e164 ~ '^\\+[1-9][0-9]{6,14}$')`);
    await runner.query('ALTER TABLE tenant_settings ADD version int NOT NULL DEFAULT 1');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE tenant_settings DROP version');
    await runner.query('ALTER TABLE users DROP phone_e164');
  }
}
