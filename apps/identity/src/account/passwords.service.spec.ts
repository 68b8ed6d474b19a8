import * as bcrypt from 'bcrypt';
import type { IdentityConfig } from '../config';
import { Passwords } from './passwords.service';

jest.mock('bcrypt', () => {
  const real = jest.requireActual<typeof bcrypt>('bcrypt');
  const compare = (data: string, encrypted: string): Promise<boolean> => real.compare(data, encrypted);
  return { ...real, compare: jest.fn(compare) };
});

describe('Passwords', () => {
  const passwords = new Passwords({ BCRYPT_COST: 10 } as IdentityConfig);
  const PASSWORD = 'correct horse battery';

  it('knows the password again, and no other', async () => {
    const hash = await passwords.hashNew(PASSWORD, { email: 'elise@example.com' });
    expect(hash).toMatch(/^\$2b\$10\$/);
    await expect(passwords.matches(PASSWORD, hash)).resolves.toBe(true);
    await expect(passwords.matches(`${PASSWORD}!`, hash)).resolves.toBe(false);
  });

  it('does the same work without a hash: a comparison of the same cost', async () => {
    const compare = jest.mocked(bcrypt.compare);
    compare.mockClear();
    await expect(passwords.matches('not the password', undefined)).resolves.toBe(false);
    expect(compare.mock.calls.map(([, hash]) => hash)).toEqual([expect.stringMatching(/^\$2b\$10\$/)]);
  });
});
