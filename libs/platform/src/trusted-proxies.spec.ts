import { addressReader } from './trusted-proxies';

const TRUST = ['10.0.0.0/8', 'loopback'];

describe('the address of a caller', () => {
  it.each<[string, string[], string, string | undefined, string]>([
    ['of the peer, when nobody is trusted', [], '127.0.0.1', '203.0.113.7', '127.0.0.1'],
    ['of the peer, when it is no proxy of ours', TRUST, '198.51.100.4', '203.0.113.7', '198.51.100.4'],
    ['of the proxy, when it tells nothing', TRUST, '10.0.0.1', undefined, '10.0.0.1'],
    ['whom the proxy tells', TRUST, '10.0.0.1', '203.0.113.7', '203.0.113.7'],
    ['whom the outermost of ours tells', TRUST, '127.0.0.1', '203.0.113.7, 10.0.0.9', '203.0.113.7'],
    ['not what the client says before', TRUST, '10.0.0.1', '192.0.2.1, 203.0.113.7', '203.0.113.7'],
    ['over an IPv6 socket', TRUST, '::ffff:10.0.0.1', '2001:db8::7', '2001:db8::7'],
    ['with a port', TRUST, '10.0.0.1', '203.0.113.7:4711', '203.0.113.7'],
    ['with a port, IPv6', TRUST, '10.0.0.1', '[2001:db8::7]:4711', '2001:db8::7'],
    ['of the proxy, when it tells nonsense', TRUST, '10.0.0.1', 'unknown', '10.0.0.1'],
  ])('is that %s', (_case, trust, remoteAddress, forwarded, address) => {
    const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
    expect(addressReader(trust)({ headers, socket: { remoteAddress } })).toBe(address);
  });
});
