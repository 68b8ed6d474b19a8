import { randomBytes } from 'node:crypto';
import { seal, unseal } from './sealing';

describe('sealing', () => {
  const key = randomBytes(32);
  const plain = Buffer.from('a private thing');

  it('opens with the same key and context', () => {
    expect(unseal(key, seal(key, plain, 'a'), 'a')).toEqual(plain);
  });

  it('never looks the same twice', () => {
    expect(seal(key, plain, 'a')).not.toEqual(seal(key, plain, 'a'));
  });

  it.each([
    ['another key', () => unseal(randomBytes(32), seal(key, plain, 'a'), 'a')],
    ['another context', () => unseal(key, seal(key, plain, 'a'), 'b')],
    ['a changed byte', () => unseal(key, flipLastBit(seal(key, plain, 'a')), 'a')],
    ['a cut value', () => unseal(key, seal(key, plain, 'a').subarray(0, 20), 'a')],
  ])('does not open with %s', (_case, open) => {
    expect(open).toThrow();
  });
});

function flipLastBit(sealed: Buffer): Buffer {
  const changed = Buffer.from(sealed);
  changed.writeUInt8(changed.readUInt8(changed.length - 1) ^ 1, changed.length - 1);
  return changed;
}
