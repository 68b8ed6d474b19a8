import { randomBytes } from 'node:crypto';
import { networkOf, Prints } from './prints';

describe('prints', () => {
  const key = randomBytes(32).toString('base64');
  const prints = new Prints(key);

  it.each([
    ['203.0.113.9', '203.0.113.9'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['2001:db8:1:2:aaaa:bbbb:cccc:dddd', '2001:db8:1:2'],
    ['2001:DB8:1:2::1', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['127.0.0.1', undefined],
    ['::ffff:10.0.0.7', undefined],
    ['::1', undefined],
    ['fe80::1%eth0', undefined],
    ['not an address', undefined],
    [undefined, undefined],
  ])('sees %s as the network %s', (ip, network) => {
    expect(networkOf(ip)).toBe(network);
  });

  it('are equal for one network and tell nothing of it', () => {
    const print = prints.ofNetwork('2001:db8:1:2::1');
    expect(print).toBe(prints.ofNetwork('2001:db8:1:2::2'));
    expect(print).not.toBe(prints.ofNetwork('2001:db8:1:3::1'));
    expect(print).toMatch(/^[\w-]{32}$/);
  });

  it('keep kinds and keys apart', () => {
    expect(prints.of('card', 'x')).not.toBe(prints.of('network', 'x'));
    expect(prints.of('card', 'x')).not.toBe(new Prints(randomBytes(32).toString('base64')).of('card', 'x'));
  });
});
