import {
  createTenant,
  endOwnSession,
  endOwnSessions,
  logout,
  refreshSession,
  type SessionResponse,
  switchTenant,
} from '@parley/contracts';
import { eventually } from '@parley/testing';
import { Client } from 'pg';
import { callerOf, type IdentityInTest, startIdentity, stopClock } from './identity-in-test';

/** Whoever has an access token can switch; they must not get away from the holder of the session by it. */
describe('sessions that became each other by switches of tenant', () => {
  let identity: IdentityInTest;
  let session: SessionResponse;
  let company: string;
  beforeAll(async () => {
    identity = await startIdentity();
  });
  afterAll(async () => {
    await identity?.close();
  });
  beforeEach(async () => {
    session = await identity.signUp();
    company = (await identity.ask(createTenant, { name: 'Toitures Roy' }, callerOf(session))).id;
  });

  const switchTo = (tenantId: string, from: SessionResponse): Promise<SessionResponse> =>
    identity.ask(switchTenant, { tenantId }, callerOf(from));
  const refresh = ({ refreshToken }: SessionResponse): Promise<SessionResponse> =>
    identity.ask(refreshSession, { refreshToken });
  const isAlive = (of: SessionResponse): Promise<boolean> =>
    refresh(of).then(
      () => true,
      () => false,
    );

  it('all end when a token of the first comes back: its holder did not switch', async () => {
    const clock = stopClock();
    try {
      const there = await switchTo(company, session);
      const back = await switchTo(session.tenant.id, there);
      clock.pass(11);
      await expect(refresh(session)).rejects.toMatchObject({ status: 401, code: 'INVALID_TOKEN' });
      expect(await isAlive(back)).toBe(false);
    } finally {
      clock.release();
    }
  });

  it('go on when another tab refreshes within the grace', async () => {
    const there = await switchTo(company, session);
    expect([await isAlive(session), await isAlive(there)]).toEqual([false, true]);
  });

  it('are not made without leaving the tenant', async () => {
    await expect(switchTo(session.tenant.id, session)).rejects.toMatchObject({
      status: 409,
      code: 'STATE_CONFLICT',
    });
    expect(await isAlive(session)).toBe(true);
  });

  it.each([
    ['signing out', () => identity.ask(logout, {}, callerOf(session))],
    [
      'ending the first',
      () => identity.ask(endOwnSession, { id: callerOf(session).sessionId ?? '' }, callerOf(session)),
    ],
    ['ending all', () => identity.ask(endOwnSessions, { all: true }, callerOf(session))],
  ])('do not get away from %s while a switch is under way', async (_how, end) => {
    const gate = new Client({ connectionString: identity.database.ownerUrl });
    await gate.connect();
    const waiting = (n: number) =>
      eventually(async () => {
        const waiters = await identity.database.query(
          `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        expect(waiters).toHaveLength(n);
      });
    try {
      await gate.query('BEGIN');
      await gate.query('SELECT 1 FROM identity.audit_heads FOR UPDATE');
      const switching = switchTo(company, session);
      await waiting(1);
      const ending = end();
      await waiting(2);
      await gate.query('ROLLBACK');
      const there = await switching;
      await ending;
      expect(await isAlive(there)).toBe(false);
    } finally {
      await gate.end();
    }
  });
});
