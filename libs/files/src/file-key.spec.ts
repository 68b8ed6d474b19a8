import { checkedKey, isFileKey } from './file-key';

describe('a key of a file', () => {
  it.each(['a', 'privacy/0193/identity/0-users-0.ndjson', 'A_b-c.tar.gz'])('may be %s', (key) => {
    expect(checkedKey(key)).toBe(key);
  });

  it.each([
    '',
    '/etc/passwd',
    '../x',
    'a/../b',
    'a//b',
    'a/',
    '.hidden',
    'a/.b',
    'a\\b',
    'a b',
    'a\0b',
    'é',
    'x'.repeat(513),
  ])('is not %j', (key) => {
    expect(isFileKey(key)).toBe(false);
    expect(() => checkedKey(key)).toThrow('Not a key');
  });
});
