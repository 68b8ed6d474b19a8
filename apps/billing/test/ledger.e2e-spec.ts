import { newId, verifyLedger } from '@parley/contracts';
import { schemaOf } from '@parley/persistence';
import type { TestDatabase } from '@parley/testing';
import { Client } from 'pg';
import { billingDatabase, callEnded, Replica, tenantCreated } from './running-billing';

const { systemRole } = schemaOf('billing');
const LEDGER = ['ledger_accounts', 'ledger_transactions', 'ledger_entries'];

describe('the books', () => {
  let database: TestDatabase;
  let billing: Replica;
  let session: Client;
  const tenantId = newId();

  beforeAll(async () => {
    database = await billingDatabase();
    billing = await Replica.start(database);
    await billing.deliver(tenantCreated(tenantId));
    await billing.deliver(callEnded(tenantId, { durationSeconds: 133 }));
  });
  afterAll(async () => {
    await billing?.close();
    await database?.remove();
  });
  beforeEach(async () => {
    session = new Client({ connectionString: database.urlOf('billing') });
    await session.connect();
  });
  afterEach(() => session.end());

  const becomeTenant = (id: string) => session.query("SELECT set_config('app.tenant_id', $1, false)", [id]);

  /** A transaction as somebody with the service's password might write it. */
  const write = async (amounts: { code: string; amount: number; meter?: string }[]) => {
    const id = newId();
    await session.query(
      `INSERT INTO ledger_transactions (id, tenant_id, number, kind, natural_key, description, occurred_at)
       VALUES ($1, $2, (SELECT max(number) + 1 FROM ledger_transactions), 'bonus', $3, 'by hand', now())`,
      [id, tenantId, id],
    );
    for (const { code, amount, meter = 'credits' } of amounts) {
      const { rows } = await session.query<{ id: string }>(
        `WITH known AS (SELECT id FROM ledger_accounts WHERE code = $2),
              made AS (INSERT INTO ledger_accounts (id, tenant_id, code, meter)
                       SELECT $1, $3, $2, $4 WHERE NOT EXISTS (SELECT FROM known) RETURNING id)
         SELECT id FROM known UNION ALL SELECT id FROM made`,
        [newId(), code, tenantId, meter],
      );
      await session.query(
        'INSERT INTO ledger_entries (transaction_id, account_id, tenant_id, amount) VALUES ($1, $2, $3, $4)',
        [id, rows[0]?.id, tenantId, amount],
      );
    }
  };
  const postByHand = async (...amounts: Parameters<typeof write>[0]) => {
    await becomeTenant(tenantId);
    await session.query('BEGIN');
    await write(amounts);
    return session.query('COMMIT');
  };
  const refusal = { code: '23514', message: expect.stringContaining('does not sum to zero') as string };

  it('refuse a transaction that does not sum to zero', async () => {
    await expect(
      postByHand({ code: 'credits:wallet', amount: 5 }, { code: 'credits:granted', amount: -4 }),
    ).rejects.toMatchObject(refusal);
  });

  it('refuse a transaction without entries', async () => {
    await expect(postByHand()).rejects.toMatchObject(refusal);
  });

  it('refuse to pay one meter with another', async () => {
    await expect(
      postByHand(
        { code: 'credits:wallet', amount: 60 },
        { code: 'seconds:allowance', amount: -60, meter: 'seconds' },
      ),
    ).rejects.toMatchObject(refusal);
  });

  it('refuse an entry added to a closed transaction', async () => {
    await becomeTenant(tenantId);
    await expect(
      session.query(
        `INSERT INTO ledger_entries (transaction_id, account_id, tenant_id, amount)
         SELECT t.id, a.id, $1, 7 FROM ledger_transactions t, ledger_accounts a
         WHERE t.kind = 'bonus' AND a.code = 'credits:consumed'`,
        [tenantId],
      ),
    ).rejects.toMatchObject(refusal);
  });

  it('refuse a transaction whose writer leaves the tenant before the commit', async () => {
    await becomeTenant(tenantId);
    await session.query('BEGIN');
    await write([{ code: 'credits:wallet', amount: 5 }]);
    await becomeTenant(newId());
    await expect(session.query('COMMIT')).rejects.toMatchObject(refusal);
  });

  it('refuse a second posting under one natural key', async () => {
    await becomeTenant(tenantId);
    await expect(
      session.query(
        `INSERT INTO ledger_transactions (id, tenant_id, number, kind, natural_key, description, occurred_at)
         VALUES ($1, $2, 99, 'bonus', $3, 'again', now())`,
        [newId(), tenantId, `tenant:${tenantId}:signup-bonus`],
      ),
    ).rejects.toMatchObject({ code: '23505' });
  });

  it.each(LEDGER)('never change or lose a row of %s, as tenant or as system', async (table) => {
    await becomeTenant(tenantId);
    for (const role of ['NONE', `"${systemRole}"`]) {
      await session.query(`SET ROLE ${role}`);
      for (const statement of [
        `UPDATE ${table} SET tenant_id = tenant_id`,
        `DELETE FROM ${table}`,
        `TRUNCATE ${table} CASCADE`,
      ]) {
        await expect(session.query(statement)).rejects.toMatchObject({ code: '42501' });
      }
    }
  });

  it.each([...LEDGER, 'tenant_books', 'wallets', 'grants', 'grant_burns', 'usage_records'])(
    'show nothing of %s without the right tenant',
    async (table) => {
      const seen = async () => (await session.query(`SELECT 1 FROM ${table}`)).rowCount;
      expect(await seen()).toBe(0);
      await becomeTenant(newId());
      expect(await seen()).toBe(0);
      await becomeTenant(tenantId);
      expect(await seen()).toBeGreaterThan(0);
    },
  );

  it('keep another tenant’s rows out', async () => {
    await becomeTenant(newId());
    await expect(
      session.query('INSERT INTO wallets (tenant_id, balance) VALUES ($1, 1000)', [newId()]),
    ).rejects.toMatchObject({ code: '42501' });
  });

  describe('verification', () => {
    it('is for the platform only', async () => {
      await expect(billing.ask(tenantId, verifyLedger, {})).rejects.toMatchObject({ code: 'FORBIDDEN' });
    });

    it('counts what it found sound', async () => {
      await expect(billing.askAsPlatform(verifyLedger, {})).resolves.toEqual({
        sound: true,
        tenants: 1,
        transactions: 2,
        entries: 4,
        unbalanced: 0,
        wrongWallets: 0,
        wrongGrants: 0,
        wrongHolds: 0,
        gaps: 0,
        discrepancies: [],
      });
    });

    it('finds a wallet that was tampered with', async () => {
      await database.query('UPDATE billing.wallets SET balance = 1000 WHERE tenant_id = $1', [tenantId]);
      const report = await billing.askAsPlatform(verifyLedger, {});
      await database.query('UPDATE billing.wallets SET balance = 12 WHERE tenant_id = $1', [tenantId]);

      expect(report).toMatchObject({
        sound: false,
        wrongWallets: 1,
        discrepancies: [{ tenantId, meter: 'credits', balance: 1000, posted: 12 }],
      });
    });

    it('finds a transaction that the owner of the tables unbalanced', async () => {
      const change = (by: number) =>
        database.query(
          `UPDATE billing.ledger_entries SET amount = amount + $1 WHERE account_id =
             (SELECT id FROM billing.ledger_accounts WHERE code = 'credits:consumed')`,
          [by],
        );
      await change(1);
      const report = await billing.askAsPlatform(verifyLedger, {});
      await change(-1);

      expect(report).toMatchObject({ sound: false, unbalanced: 1, wrongWallets: 0 });
    });
  });
});
