import {
  login,
  putMfaPolicy,
  requestPasswordReset,
  resetMfa,
  resetPassword,
  signInByMail,
  transferTenant,
  verifyEmail,
} from '@parley/contracts';
import { eventually } from '@parley/testing';
import { Client } from 'pg';
import { PLATFORM_CHAIN } from '../src/audit/audit-chain';
import { callerOf, type IdentityInTest, PASSWORD, startIdentity } from './identity-in-test';
import { join, openCompany, tokenMailedTo } from './members-in-test';
import { APP, MfaInTest } from './mfa-in-test';
import { ADMIN } from './sealed-in-test';

/**
 * Whoever waits for a lock must not hold one that comes later in the order: tenant, person, sessions and tokens, the
 * platform's chain, chains of tenants. Each case holds the earlier lock, lets the request run into it, and takes the later.
 */
describe('the order of locks', () => {
  let identity: IdentityInTest;
  let mfa: MfaInTest;
  let other: Client;
  beforeAll(async () => {
    identity = await startIdentity({ APP_URL: APP });
    mfa = new MfaInTest(identity);
    other = new Client({ connectionString: identity.database.ownerUrl });
    await other.connect();
    await other.query('SET search_path TO identity, public');
  });
  afterAll(async () => {
    await other?.end();
    await identity?.close();
  });

  /** Rows by their table and condition, locked by another transaction; the second ones when the request waits already. */
  const between = async (
    first: [sql: string, value: string],
    later: [sql: string, value: string],
    request: () => Promise<unknown>,
  ): Promise<void> => {
    const lock = ([sql, value]: [string, string], mode: string) =>
      other.query(`SELECT 1 FROM ${sql} FOR UPDATE ${mode}`, [value]);
    await other.query('BEGIN');
    expect((await lock(first, '')).rowCount).toBeGreaterThan(0);
    const running = request();
    await eventually(async () => {
      const waiting = await identity.database.query(
        `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      expect(waiting).toHaveLength(1);
    });
    const free = lock(later, 'NOWAIT').then(({ rowCount }) => rowCount ?? 0);
    await expect(free).resolves.toBeGreaterThan(0);
    await other.query('ROLLBACK');
    await running;
  };
  const tenant = (id: string): [string, string] => ['tenants WHERE id = $1', id];
  const person = (id: string): [string, string] => ['users WHERE id = $1', id];
  const sessionsOf = (id: string): [string, string] => [
    'auth_sessions WHERE user_id = $1 AND revoked_at IS NULL',
    id,
  ];
  const tokensOf = (id: string): [string, string] => ['verification_tokens WHERE user_id = $1', id];
  const chain = (id: string): [string, string] => ['audit_heads WHERE chain = $1', id];

  it('is tenant before person at a sign-in, as whoever closes an account takes them', async () => {
    const { user, tenant: home } = await identity.signUp();
    await between(tenant(home.id), person(user.id), () =>
      identity.ask(login, { email: user.email, password: PASSWORD }),
    );
  });

  it('is person before token for every use of a mailed token, as whoever sets a password takes them', async () => {
    const { user } = await identity.signUp();
    const token = await tokenMailedTo(identity, user.email, 'verify_email');
    await between(person(user.id), tokensOf(user.id), () => identity.ask(verifyEmail, { token }));

    const { user: signer } = await identity.signUp();
    const mailed = await tokenMailedTo(identity, signer.email, 'verify_email');
    await between(person(signer.id), tokensOf(signer.id), () =>
      identity.ask(signInByMail, { token: mailed, purpose: 'verify_email' }),
    );

    await identity.ask(requestPasswordReset, { email: user.email });
    const reset = await eventually(() => tokenMailedTo(identity, user.email, 'reset_password'));
    await between(person(user.id), tokensOf(user.id), () =>
      identity.ask(resetPassword, { token: reset, password: 'another horse battery' }),
    );
  });

  it('is the platform’s chain before those of tenants when factors are reset', async () => {
    const { session } = await mfa.withTotp();
    await identity.ask(resetMfa, { id: (await mfa.withTotp()).session.user.id }, ADMIN);
    await between(chain(PLATFORM_CHAIN), chain(session.tenant.id), () =>
      identity.ask(resetMfa, { id: session.user.id }, ADMIN),
    );
  });

  it('is every session before any chain when those of several people end', async () => {
    const owner = await openCompany(identity);
    const heir = await join(identity, owner);
    await between(sessionsOf(heir.user.id), chain(owner.tenant.id), () =>
      identity.ask(transferTenant, { userId: heir.user.id }, callerOf(owner)),
    );

    const { session: chief } = await mfa.withTotp();
    const members = [await join(identity, chief), await join(identity, chief)];
    const last = members.map(({ user }) => user.id).sort()[1] ?? '';
    await between(sessionsOf(last), chain(chief.tenant.id), () =>
      identity.ask(putMfaPolicy, { requireMfa: true }, callerOf(chief)),
    );
  });
});
