import { BlockList, isIP } from 'node:net';

interface Network {
  address: string;
  bits: number;
  family: 'ipv4' | 'ipv6';
}

/** `203.0.113.0/24`, `2001:db8::/32`; an address alone is a network of one. */
function parseNetwork(text: string): Network | undefined {
  const [address = '', length, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0 || address.includes('%')) return undefined;
  const most = version === 4 ? 32 : 128;
  if (length !== undefined && !/^\d{1,3}$/.test(length)) return undefined;
  const bits = length === undefined ? most : Number(length);
  return bits > most ? undefined : { address, bits, family: version === 4 ? 'ipv4' : 'ipv6' };
}

export const isNetwork = (text: string): boolean => parseNetwork(text) !== undefined;

/** No networks are no restriction; with some, an unknown address is outside. */
export function isWithin(networks: readonly string[], ip: string | undefined): boolean {
  if (networks.length === 0) return true;
  const version = ip === undefined ? 0 : isIP(ip);
  if (ip === undefined || version === 0) return false;
  const allowed = new BlockList();
  for (const network of networks.map(parseNetwork)) {
    if (network) allowed.addSubnet(network.address, network.bits, network.family);
  }
  return allowed.check(ip, version === 4 ? 'ipv4' : 'ipv6');
}
