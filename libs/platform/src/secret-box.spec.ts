import { randomBytes } from 'node:crypto';
import { SecretBox } from './secret-box';

const boxWith = (key: Buffer): SecretBox => new SecretBox(key.toString('base64'));

describe('the secret box', () => {
  const key = randomBytes(32);
  const box = boxWith(key);

  it('opens what it sealed, and seals the same text differently each time', () => {
    const sealed = box.seal('Élise’s secret', 'endpoint');
    expect(boxWith(key).open(sealed, 'endpoint')).toBe('Élise’s secret');
    expect(sealed.equals(box.seal('Élise’s secret', 'endpoint'))).toBe(false);
  });

  it('stays shut for another owner, another key and a changed byte', () => {
    const sealed = box.seal('secret', 'endpoint');
    expect(() => box.open(sealed, 'another')).toThrow();
    expect(() => boxWith(randomBytes(32)).open(sealed, 'endpoint')).toThrow();
    const changed = Buffer.from(sealed);
    changed.writeUInt8(changed.readUInt8(changed.length - 1) ^ 1, changed.length - 1);
    expect(() => box.open(changed, 'endpoint')).toThrow();
  });
});
