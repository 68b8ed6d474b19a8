import { login, type SessionResponse } from '@parley/contracts';
import { anEmail, type IdentityInTest, PASSWORD, startIdentity, stopClock } from './identity-in-test';

describe('lockout', () => {
  let identity: IdentityInTest;
  beforeAll(async () => {
    identity = await startIdentity();
  });
  afterAll(async () => {
    await identity?.close();
  });

  const signIn = (email: string, password = PASSWORD): Promise<SessionResponse> =>
    identity.ask(login, { email, password });
  const guess = (email: string): Promise<string> =>
    signIn(email, 'not the password').then(
      () => 'in',
      (error: { code: string }) => error.code,
    );
  const guessTimes = async (email: string, times: number): Promise<string[]> => {
    const codes: string[] = [];
    for (let n = 0; n < times; n++) codes.push(await guess(email));
    return codes;
  };

  it('locks for 15 minutes after five failures, the right password included', async () => {
    const clock = stopClock();
    try {
      const { user } = await identity.signUp();
      expect(await guessTimes(user.email, 5)).toEqual(Array(5).fill('INVALID_CREDENTIALS'));
      clock.pass(60);
      await expect(signIn(user.email)).rejects.toMatchObject({
        status: 429,
        code: 'ACCOUNT_LOCKED',
        details: { retryAfterSeconds: 840 },
      });
      clock.pass(840);
      await expect(signIn(user.email)).resolves.toHaveProperty('accessToken');
    } finally {
      clock.release();
    }
  });

  it('locks an address without an account alike, however it is spelled', async () => {
    const email = anEmail();
    expect(await guessTimes(email.toUpperCase(), 5)).toEqual(Array(5).fill('INVALID_CREDENTIALS'));
    expect(await guess(email)).toBe('ACCOUNT_LOCKED');
  });

  it('counts anew after a success', async () => {
    const { user } = await identity.signUp();
    await guessTimes(user.email, 4);
    await signIn(user.email);
    expect(await guessTimes(user.email, 4)).toEqual(Array(4).fill('INVALID_CREDENTIALS'));
    await expect(signIn(user.email)).resolves.toHaveProperty('accessToken');
  });

  it('tells only five of many guesses at once that they are wrong, over two instances', async () => {
    const { user } = await identity.signUp();
    const second = await startIdentity({}, identity.database);
    try {
      const guessAtSecond = (): Promise<string> =>
        second.ask(login, { email: user.email, password: 'not the password' }).then(
          () => 'in',
          (error: { code: string }) => error.code,
        );
      const codes = await Promise.all(
        Array.from({ length: 20 }, (_, n) => (n % 2 ? guess(user.email) : guessAtSecond())),
      );
      expect(codes.filter((code) => code === 'INVALID_CREDENTIALS')).toHaveLength(5);
      expect(codes.filter((code) => code === 'ACCOUNT_LOCKED')).toHaveLength(15);
    } finally {
      await second.close();
    }
    await expect(signIn(user.email)).rejects.toMatchObject({ code: 'ACCOUNT_LOCKED' });
  });

  it('lets the same person in many times at once', async () => {
    const { user } = await identity.signUp();
    const sessions = await Promise.all(Array.from({ length: 10 }, () => signIn(user.email)));
    expect(new Set(sessions.map(({ refreshToken }) => refreshToken)).size).toBe(10);
  });
});
