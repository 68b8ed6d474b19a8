import { isNetwork, isWithin } from './network';

describe('networks of a service token', () => {
  it.each(['203.0.113.0/24', '203.0.113.7', '2001:db8::/32', '2001:db8::1', '0.0.0.0/0'])(
    'may be %s',
    (text) => {
      expect(isNetwork(text)).toBe(true);
    },
  );

  it.each([
    '',
    'localhost',
    '203.0.113.0/33',
    '203.0.113.0/',
    '2001:db8::/129',
    '203.0.113/24',
    '1.2.3.4/8/8',
  ])('may not be %j', (text) => {
    expect(isNetwork(text)).toBe(false);
  });

  it.each([
    ['203.0.113.200', true],
    ['203.0.114.1', false],
    ['::ffff:203.0.113.9', true],
    ['2001:db8:1::5', true],
    ['2001:db9::5', false],
    [undefined, false],
    ['unknown', false],
  ])('hold %s: %s', (ip, expected) => {
    expect(isWithin(['203.0.113.0/24', '2001:db8::/32'], ip)).toBe(expected);
  });

  it('are everywhere when none is named', () => {
    expect(isWithin([], undefined)).toBe(true);
  });
});
