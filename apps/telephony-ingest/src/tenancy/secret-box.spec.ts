import { randomBytes } from 'node:crypto';
import { SecretBox } from './secret-box';

const box = (): SecretBox => new SecretBox({ ENCRYPTION_KEY: randomBytes(32).toString('base64') });

describe('sealed secrets', () => {
  it('open for their owner only', () => {
    const one = box();
    const sealed = one.seal({ authToken: 'é-secret' }, 'connection:1');
    expect(one.open(sealed, 'connection:1')).toEqual({ authToken: 'é-secret' });
    expect(() => one.open(sealed, 'connection:2')).toThrow();
  });

  it('do not open with another key, or when changed', () => {
    const one = box();
    const sealed = one.seal({ authToken: 'a' }, 'o');
    expect(() => box().open(sealed, 'o')).toThrow();
    sealed.writeUInt8(sealed.readUInt8(sealed.length - 1) ^ 1, sealed.length - 1);
    expect(() => one.open(sealed, 'o')).toThrow();
  });

  it('never look the same twice, nor show what they hold', () => {
    const one = box();
    const [first, second] = [one.seal({ authToken: 'plain' }, 'o'), one.seal({ authToken: 'plain' }, 'o')];
    expect(first.equals(second)).toBe(false);
    expect(first.includes('plain')).toBe(false);
  });
});
