import { Client } from 'pg';
import { login, refreshSession, runAs } from '@parley/contracts';
import { Housekeeping } from '../src/housekeeping/housekeeping.job';
import { anEmail, DAY, type IdentityInTest, startIdentity, stopClock, stranger } from './identity-in-test';
import { invite } from './members-in-test';

describe('housekeeping', () => {
  let identity: IdentityInTest;
  beforeAll(async () => {
    identity = await startIdentity();
  });
  afterAll(async () => {
    await identity?.close();
  });

  const rowsOf = async (table: string): Promise<number> =>
    (await identity.database.query(`SELECT 1 FROM identity.${table}`)).length;
  const sweep = (batch?: number) => runAs(stranger(), () => identity.service.get(Housekeeping).sweep(batch));

  it('drops traces of sign-in when they decide nothing any more, and nothing before', async () => {
    const clock = stopClock();
    try {
      const session = await identity.signUp();
      await identity.ask(refreshSession, { refreshToken: session.refreshToken });
      await identity.ask(login, { email: anEmail(), password: 'a guess' }).catch(() => undefined);
      await sweep();
      expect(await rowsOf('login_guards')).toBe(1);
      clock.pass(29 * DAY);
      await sweep();
      expect([await rowsOf('login_guards'), await rowsOf('login_attempts')]).toEqual([0, 1]);
      expect([await rowsOf('auth_sessions'), await rowsOf('refresh_tokens')]).toEqual([1, 2]);
      clock.pass(32 * DAY);
      await sweep();
      expect(await rowsOf('login_attempts')).toBe(0);
      expect([await rowsOf('auth_sessions'), await rowsOf('refresh_tokens')]).toEqual([0, 0]);
    } finally {
      clock.release();
    }
  });

  it('drops many rows in batches, and waits for nobody', async () => {
    await identity.database.query(
      `INSERT INTO identity.login_attempts (email, succeeded, at)
       SELECT 'guess' || n || '@example.com', false, now() - interval '31 days' FROM generate_series(1, 12) n`,
    );
    const holder = new Client({ connectionString: identity.database.ownerUrl });
    await holder.connect();
    try {
      await holder.query(
        `BEGIN; SELECT 1 FROM identity.login_attempts WHERE email = 'guess3@example.com' FOR UPDATE`,
      );
      await sweep(5);
      expect(await identity.database.query('SELECT email FROM identity.login_attempts')).toEqual([
        { email: 'guess3@example.com' },
      ]);
    } finally {
      await holder.end();
    }
    await sweep(5);
    expect(await rowsOf('login_attempts')).toBe(0);
  });

  it('drops invitations thirty days after their end', async () => {
    const clock = stopClock();
    try {
      await invite(identity, await identity.signUp());
      clock.pass(36 * DAY);
      await sweep();
      expect(await rowsOf('invitations')).toBe(1);
      clock.pass(2 * DAY);
      await sweep();
      expect(await rowsOf('invitations')).toBe(0);
    } finally {
      clock.release();
    }
  });
});
