import {
  type EmailRequestedV1,
  emailRequestedV1,
  logout,
  refreshSession,
  type SessionResponse,
  sessionRevokedV1,
} from '@parley/contracts';
import fc from 'fast-check';
import { REFRESH_GRACE_SECONDS } from '../src/session/refresh-token';
import { callerOf, type IdentityInTest, startIdentity, stopClock } from './identity-in-test';
import { type Outcome, ordersOf, RefreshModel } from './refresh-model';

/** At one moment, holders of some tokens of the family refresh; each is named by its distance from the current one. */
interface Moment {
  /** Seconds since the moment before. */
  wait: number;
  ages: number[];
}

const moments: fc.Arbitrary<Moment[]> = fc.array(
  fc.record({
    wait: fc.constantFrom(0, 1, REFRESH_GRACE_SECONDS, REFRESH_GRACE_SECONDS + 1),
    ages: fc.array(fc.constantFrom(0, 0, 0, 1, 1, 2, 5), { minLength: 1, maxLength: 3 }),
  }),
  { minLength: 1, maxLength: 7 },
);

describe('rotation of refresh tokens', () => {
  let identity: IdentityInTest;
  beforeAll(async () => {
    identity = await startIdentity();
  });
  afterAll(async () => {
    await identity?.close();
  });

  const attempt = (refreshToken: string): Promise<string> =>
    identity.ask(refreshSession, { refreshToken }).then(
      (session) => session.refreshToken,
      (error: unknown) => {
        expect(error).toMatchObject({ status: 401, code: 'INVALID_TOKEN' });
        return 'refused';
      },
    );
  interface Family {
    unused: number;
    twins: number;
    sealed: number;
    revoked: boolean;
  }
  const familyOf = async (session: SessionResponse): Promise<Family> => {
    const [row] = await identity.database.query<Family>(
      `SELECT count(*) FILTER (WHERE t.used_at IS NULL)::int AS unused,
         (count(t.parent_id) - count(DISTINCT t.parent_id))::int AS twins,
         count(t.successor_enc)::int AS sealed, bool_or(s.revoked_at IS NOT NULL) AS revoked
       FROM identity.refresh_tokens t JOIN identity.auth_sessions s ON s.id = t.session_id WHERE s.id = $1`,
      [callerOf(session).sessionId],
    );
    if (!row) throw new Error('the family is gone');
    return row;
  };

  it('never has two live children, and ends with any reuse, however holders interleave', async () => {
    const clock = stopClock();
    try {
      await fc.assert(
        fc.asyncProperty(moments, async (story) => {
          const session = await identity.signUp();
          const tokens = [session.refreshToken];
          let model = new RefreshModel(REFRESH_GRACE_SECONDS);
          let now = 0;
          for (const { wait, ages } of story) {
            clock.pass(wait);
            now += wait;
            const presented = ages.map((age) => Math.max(0, model.current - age));
            const answers = await Promise.all(presented.map((token) => attempt(tokens[token] ?? '')));
            model = explain(model, presented, answers, tokens, now);
            const family = await familyOf(session);
            expect(family.unused).toBe(1);
            expect(family.twins).toBe(0);
            expect(family.sealed).toBeLessThanOrEqual(1);
            expect(family.revoked).toBe(!model.alive);
          }
          // Whatever happened: a family that ended answers nobody, one that lives answers the holder of its last token.
          const last = await attempt(tokens.at(-1) ?? '');
          expect(last === 'refused').toBe(!model.alive);
          if (!model.alive) expect(await revocations(session)).toBe(1);
        }),
        { numRuns: 40, endOnFailure: true },
      );
    } finally {
      clock.release();
    }
  });

  const revocations = async (session: SessionResponse): Promise<number> => {
    const { sessionId } = callerOf(session);
    const events = await identity.published(sessionRevokedV1.type);
    return events.filter(({ meta }) => meta.subject === sessionId).length;
  };

  it('tells the owner once when an old token comes back', async () => {
    const { user, refreshToken } = await identity.signUp({ locale: 'fr' });
    const next = await attempt(refreshToken);
    await attempt(next);
    for (let n = 0; n < 2; n++) expect(await attempt(refreshToken)).toBe('refused');
    const mails = (await identity.published(emailRequestedV1.type)).map(
      ({ payload }) => payload as EmailRequestedV1,
    );
    expect(
      mails.filter(({ userId, template }) => userId === user.id && template === 'session_reused'),
    ).toMatchObject([{ to: user.email, locale: 'fr' }]);
  });

  it('of one token by ten at once gives one child', async () => {
    const session = await identity.signUp();
    const answers = await Promise.all(Array.from({ length: 10 }, () => attempt(session.refreshToken)));
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).not.toBe('refused');
    expect(await familyOf(session)).toMatchObject({ unused: 1, twins: 0, revoked: false });
  });

  it('loses against a sign-out at the same moment, whoever comes first', async () => {
    for (let round = 0; round < 5; round++) {
      const session = await identity.signUp();
      const [answer] = await Promise.all([
        attempt(session.refreshToken),
        identity.ask(logout, {}, callerOf(session)),
      ]);
      const held = answer === 'refused' ? session.refreshToken : answer;
      expect(await attempt(held)).toBe('refused');
      expect(await familyOf(session)).toMatchObject({ revoked: true });
    }
  });

  /**
   * The model after the order of turns that gives just these answers. New tokens get their numbers on the way.
   * @throws when no order does: the real thing did what no sequence of single refreshes could do
   */
  function explain(
    before: RefreshModel,
    presented: readonly number[],
    answers: readonly string[],
    tokens: string[],
    at: number,
  ): RefreshModel {
    for (const order of ordersOf(presented.map((_token, index) => index))) {
      const model = before.copy();
      const known = [...tokens];
      const fits = order.every((turn) => {
        const expected: Outcome = model.refresh(presented[turn] ?? 0, at);
        const answer = answers[turn] ?? '';
        if (expected === 'refused') return answer === 'refused';
        if (answer === 'refused') return false;
        if (expected < known.length) return known[expected] === answer;
        known.push(answer);
        return !tokens.includes(answer);
      });
      if (!fits) continue;
      tokens.push(...known.slice(tokens.length));
      return model;
    }
    throw new Error(`no order of ${presented.join(', ')} explains the answers`);
  }
});
