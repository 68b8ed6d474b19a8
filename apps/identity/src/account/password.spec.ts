import { commonPasswords } from './common-passwords';
import { findPasswordFault, normalizePassword, tellFault } from './password';

const ELISE = { email: 'e.tremblay@plomberie-bedard.ca', name: 'Élise Tremblay' };

describe('a new password', () => {
  let common: ReadonlySet<string>;
  beforeAll(async () => {
    common = await commonPasswords();
  });

  it.each([
    ['ten characters', 'tr0ub4dor&'],
    ['seventy-two bytes', 'abcdefgi'.repeat(9)],
    ['accents', 'été à Québec'],
    ['common words that make a phrase', 'correct horse battery'],
    ['a common word among many characters of its own', 'dragon-xk42-fjordlos'],
    ['the name among other words', 'tremblay aime les orages de mai'],
    ['random characters', 'q8Zr-0bVw2LxT_5e'],
  ])('may have %s', (_case, password) => {
    expect(findPasswordFault(password, ELISE, common)).toBeUndefined();
  });

  it.each([
    ['nine characters', 'tr0ub4dor', 'tooShort'],
    ['nine characters, counted as people do', '🔑🔑🔑🔑🔑🔑🔑🔑🗝', 'tooShort'],
    ['129 characters', 'ab'.repeat(64) + 'c', 'tooLong'],
    ['73 bytes in 72 characters', 'ab'.repeat(35) + 'cé', 'tooManyBytes'],
    ['a place on every leaked list', '1qaz2wsx3edc', 'common'],
    ['a place on the list of the language here', 'Motdepasse', 'common'],
    ['a common word with a year and a mark', 'Summer2026!', 'common'],
    ['a common word behind a number', '2026hockey', 'common'],
    ['a common word in disguise', 'P@ssw0rd123', 'common'],
    ['a common word whose first letter is in disguise', '$unshine99', 'common'],
    ['a common word and a run of digits', 'bonjour12345678', 'common'],
    ['a common word twice', 'dragondragon', 'common'],
    ['few characters over and over', '1234512345', 'common'],
    ['one letter', 'zzzzzzzzzzzz', 'common'],
    ['a run of letters', 'ABCDEFGHIJ', 'common'],
    ['a run of digits backwards', '0987654321', 'common'],
    ['the address itself', 'E.Tremblay@Plomberie-Bedard.ca', 'personal'],
    ['the name and a year', 'EliseTremblay2026', 'personal'],
    ['the name in disguise', '7r3mblay!!99', 'personal'],
    ['the company and a common word', 'password-bedard', 'personal'],
  ])('must not have %s', (_case, password, fault) => {
    expect(findPasswordFault(password, ELISE, common)).toBe(fault);
  });

  it('is refused in the words of its owner', () => {
    expect(tellFault('common', 'en')).toBe('is too common');
    expect(tellFault('common', 'fr')).toBe('est trop courant');
  });

  it('is the same however its accents were typed', () => {
    expect(normalizePassword('e\u0301te\u0301 de Que\u0301bec')).toBe(normalizePassword('été de Québec'));
  });
});
