import { type PlaceHeaders, placeReader } from './place';
import { isTrustedProxy, type TrustProxy } from './trusted-proxies';

const HEADERS: PlaceHeaders = { country: 'cf-ipcountry', city: 'CF-IPCity' };

const placeOf = (
  headers: Record<string, string>,
  trust: TrustProxy = ['10.0.0.0/8'],
  remoteAddress = '10.1.2.3',
): string | undefined => placeReader(trust, HEADERS)({ headers, socket: { remoteAddress } as never });

describe('the place of a caller', () => {
  it.each([
    ['city and country', { 'cf-ipcountry': 'CA', 'cf-ipcity': 'Laval' }, 'Laval, CA'],
    ['a country alone', { 'cf-ipcountry': 'ca' }, 'CA'],
    [
      'UTF-8 bytes',
      { 'cf-ipcountry': 'CA', 'cf-ipcity': Buffer.from('Québec').toString('latin1') },
      'Québec, CA',
    ],
    ['percent encoding', { 'cf-ipcountry': 'CA', 'cf-ipcity': 'Qu%C3%A9bec' }, 'Québec, CA'],
    ['Latin-1', { 'cf-ipcountry': 'CA', 'cf-ipcity': 'Montréal' }, 'Montréal, CA'],
    ['markup instead of a city', { 'cf-ipcountry': 'CA', 'cf-ipcity': '<b>' }, 'CA'],
    ['a city alone', { 'cf-ipcity': 'Laval' }, undefined],
    ['an unknown country', { 'cf-ipcountry': 'XX' }, undefined],
    ['nonsense', { 'cf-ipcountry': 'Canada' }, undefined],
    ['nothing', {}, undefined],
  ])('is read from %s', (_case, headers, place) => {
    expect(placeOf(headers as Record<string, string>)).toBe(place);
  });

  it.each<[string, TrustProxy, string, boolean]>([
    ['a proxy of ours', ['10.0.0.0/8'], '10.1.2.3', true],
    ['one over IPv6 sockets', ['10.0.0.0/8'], '::ffff:10.1.2.3', true],
    ['a named network', ['loopback'], '127.0.0.1', true],
    ['one address', ['192.0.2.7'], '192.0.2.7', true],
    ['a hop', 1, '203.0.113.9', true],
    ['anybody', ['10.0.0.0/8'], '203.0.113.9', false],
    ['a neighbour', ['192.0.2.7'], '192.0.2.8', false],
    ['whoever, when nobody is trusted', false, '127.0.0.1', false],
    ['whoever, with no hops', 0, '127.0.0.1', false],
  ])('is believed from %s, or not', (_who, trust, address, believed) => {
    expect(placeOf({ 'cf-ipcountry': 'CA' }, trust, address)).toBe(believed ? 'CA' : undefined);
    expect(isTrustedProxy(trust)(undefined)).toBe(typeof trust === 'number' ? trust > 0 : false);
  });
});
