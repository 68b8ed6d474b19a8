import type { MigrationInterface, QueryRunner } from 'typeorm';

const VERSION = '01944a00-0000-7000-8000-000000000001';
const PARTS = {
  prices: 'interval, amount_cents, currency, metered, stripe_price_id',
  plan_entitlements: 'meter, included, notice_pct, soft_pct, hard_pct, overage, overage_cents, stripe_prices',
  plan_modules: 'module',
} as const;

/**
 * FREE has the one seat of EXPLORER: without a number it was not limited, and a cancellation opened more seats than any
 * plan but the highest. Its next version; one that an administrator gave a number stays.
 */
export class BillingFreeSeats1700002360020 implements MigrationInterface {
  readonly name = 'BillingFreeSeats1700002360020';

  async up(runner: QueryRunner): Promise<void> {
    await ownerSeesAll(runner, async () => {
      await runner.query(`INSERT INTO plans (id, code, version, product_line, name, rank, features, seats,
          procedures_visible, is_public, is_example)
        SELECT '${VERSION}', code, version + 1, product_line, name, rank, features, 1, procedures_visible, is_public,
          is_example
        FROM (SELECT * FROM plans WHERE code = 'sales.free' ORDER BY version DESC LIMIT 1) newest WHERE seats IS NULL`);
      for (const [table, columns] of Object.entries(PARTS)) {
        const id = table === 'prices' ? 'id, ' : '';
        await runner.query(`INSERT INTO ${table} (${id}plan_id, ${columns})
          SELECT ${id ? 'gen_random_uuid(), ' : ''}next.id, ${columns} FROM plans next
          JOIN plans held ON held.code = next.code AND held.version = next.version - 1
          JOIN ${table} part ON part.plan_id = held.id WHERE next.id = '${VERSION}'`);
      }
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await ownerSeesAll(runner, async () => {
      for (const table of Object.keys(PARTS))
        await runner.query(`DELETE FROM ${table} WHERE plan_id = '${VERSION}'`);
      await runner.query(`DELETE FROM plans WHERE id = '${VERSION}'`);
    });
  }
}

/** Forced row security holds for the owner as well. */
async function ownerSeesAll(runner: QueryRunner, work: () => Promise<void>): Promise<void> {
  const tables = ['plans', ...Object.keys(PARTS)];
  for (const table of tables) await runner.query(`ALTER TABLE ${table} NO FORCE ROW LEVEL SECURITY`);
  await work();
  for (const table of tables) await runner.query(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`);
}
