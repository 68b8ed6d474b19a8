import type { IdentityConfig } from '../config';
import { Passwords } from './passwords.service';

describe('Passwords', () => {
  const passwords = new Passwords({ BCRYPT_COST: 10 } as IdentityConfig);
  const PASSWORD = 'correct horse battery';

  /** The quickest of three: what else the machine does only ever adds time. */
  const quickest = async (work: () => Promise<unknown>): Promise<number> => {
    const times: number[] = [];
    for (let n = 0; n < 3; n++) {
      const start = performance.now();
      await work();
      times.push(performance.now() - start);
    }
    return Math.min(...times);
  };

  it('knows the password again, and no other', async () => {
    const hash = await passwords.hashNew(PASSWORD, 'elise@example.com');
    expect(hash).toMatch(/^\$2b\$10\$/);
    await expect(passwords.matches(PASSWORD, hash)).resolves.toBe(true);
    await expect(passwords.matches(`${PASSWORD}!`, hash)).resolves.toBe(false);
  });

  it('takes its time without a hash too', async () => {
    const hash = await passwords.hashNew(PASSWORD, 'elise@example.com');
    const known = await quickest(() => passwords.matches('not the password', hash));
    const unknown = await quickest(() => passwords.matches('not the password', undefined));
    expect(unknown).toBeGreaterThan(known / 2);
  });
});
