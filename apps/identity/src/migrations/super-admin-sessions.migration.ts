import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which sessions gave out tokens with the platform role, to end them when it is lost. */
export class SuperAdminSessions1700002340030 implements MigrationInterface {
  readonly name = 'SuperAdminSessions1700002340030';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE auth_sessions ADD super_admin boolean NOT NULL DEFAULT false');
    await runner.query(`CREATE INDEX auth_sessions_super_admin ON auth_sessions (user_id)
      WHERE super_admin AND revoked_at IS NULL`);
    await runner.query(`UPDATE auth_sessions s SET super_admin = true FROM users u
      WHERE u.id = s.user_id AND u.platform_role = 'super_admin' AND s.revoked_at IS NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX auth_sessions_super_admin');
    await runner.query('ALTER TABLE auth_sessions DROP super_admin');
  }
}
