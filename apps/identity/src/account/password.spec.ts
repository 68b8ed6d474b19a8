import { findPasswordFault, normalizePassword } from './password';

const EMAIL = 'elise@example.com';

describe('a new password', () => {
  it.each([
    ['ten characters', 'tr0ub4dor&'],
    ['seventy-two bytes', 'ab'.repeat(36)],
    ['accents', 'été à Québec'],
  ])('may have %s', (_case, password) => {
    expect(findPasswordFault(password, EMAIL)).toBeUndefined();
  });

  it.each([
    ['nine characters', 'tr0ub4dor', 'must have at least 10 characters'],
    ['nine characters, counted as people do', '🔑🔑🔑🔑🔑🔑🔑🔑🗝', 'must have at least 10 characters'],
    ['129 characters', 'ab'.repeat(64) + 'c', 'must have at most 128 characters'],
    ['73 bytes in 72 characters', 'ab'.repeat(35) + 'cé', 'must have at most 72 bytes in UTF-8'],
    ['a place on every leaked list', 'Password123', 'is too common'],
    ['one letter', 'zzzzzzzzzzzz', 'is too common'],
    ['the address itself', 'Elise@Example.com', 'must not be the e-mail address'],
  ])('must not have %s', (_case, password, fault) => {
    expect(findPasswordFault(password, EMAIL)).toBe(fault);
  });

  it('is the same however its accents were typed', () => {
    expect(normalizePassword('e\u0301te\u0301 de Que\u0301bec')).toBe(normalizePassword('été de Québec'));
  });
});
