import { randomBytes } from 'node:crypto';
import { masterKey, openEnvelope, rewrapEnvelope, sealEnvelope } from './envelope';

const aMaster = () => masterKey(randomBytes(32).toString('base64'));

describe('an envelope', () => {
  const master = aMaster();

  it('opens for its owner, under its master', () => {
    const envelope = sealEnvelope(master, 'a secret', 'row:1');
    expect(openEnvelope(master, envelope, 'row:1')).toBe('a secret');
    expect(Buffer.concat([envelope.wrappedKey, envelope.sealed]).includes('a secret')).toBe(false);
    expect(() => openEnvelope(master, envelope, 'row:2')).toThrow('');
    expect(() => openEnvelope(aMaster(), envelope, 'row:1')).toThrow('');
  });

  it('has a key of its own', () => {
    const [one, two] = [sealEnvelope(master, 'same', 'row:1'), sealEnvelope(master, 'same', 'row:1')];
    expect(() => openEnvelope(master, { ...one, sealed: two.sealed }, 'row:1')).toThrow('');
  });

  it.each(['wrappedKey', 'sealed'] as const)('does not open once its %s was changed', (part) => {
    const envelope = sealEnvelope(master, 'a secret', 'row:1');
    envelope[part].writeUInt8(envelope[part].readUInt8(20) ^ 1, 20);
    expect(() => openEnvelope(master, envelope, 'row:1')).toThrow('');
  });

  it('moves to another master without its value being sealed again', () => {
    const next = aMaster();
    const before = sealEnvelope(master, 'a secret', 'row:1');
    const after = { ...before, ...rewrapEnvelope(master, next, before, 'row:1') };
    expect(after.sealed).toBe(before.sealed);
    expect(after.keyId).toBe(next.id);
    expect(openEnvelope(next, after, 'row:1')).toBe('a secret');
    expect(() => openEnvelope(master, after, 'row:1')).toThrow('');
  });

  it('names its master without giving it away', () => {
    const key = randomBytes(32).toString('base64');
    expect(masterKey(key).id).toBe(masterKey(key).id);
    expect(masterKey(key).id).toMatch(/^[0-9a-f]{16}$/);
    expect(masterKey(key).id).not.toBe(aMaster().id);
  });
});
