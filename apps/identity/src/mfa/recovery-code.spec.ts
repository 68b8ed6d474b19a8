import { newId } from '@parley/contracts';
import { hashOfRecoveryCode, newRecoveryCode } from './recovery-code';

describe('a recovery code', () => {
  const person = newId();

  it('is sixteen letters in groups, and no two are alike', () => {
    const codes = Array.from({ length: 100 }, newRecoveryCode);
    for (const code of codes) expect(code).toMatch(/^([0-9a-hjkmnp-tv-z]{4}-){3}[0-9a-hjkmnp-tv-z]{4}$/);
    expect(new Set(codes).size).toBe(100);
  });

  it.each(['0123-4567-89ab-cdef', '0123 4567 89AB CDEF', 'Ol23456789abcdef', 'o i23-4567-89ab-cdef'])(
    'is the same however it is typed: %s',
    (typed) => {
      expect(hashOfRecoveryCode(person, typed)).toEqual(hashOfRecoveryCode(person, '0123456789abcdef'));
    },
  );

  it('is good for one person', () => {
    const code = newRecoveryCode();
    expect(hashOfRecoveryCode(person, code)).not.toEqual(hashOfRecoveryCode(newId(), code));
  });
});
