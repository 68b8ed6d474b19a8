import { createHmac, hkdfSync } from 'node:crypto';
import { BlockList, isIP, isIPv4 } from 'node:net';

/** Addresses that say nothing of where somebody is: many stand behind each, or it is our own proxy. */
const UNTELLING = new BlockList();
for (const [net, prefix] of [
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const)
  UNTELLING.addSubnet(net, prefix, 'ipv4');
UNTELLING.addAddress('::1', 'ipv6');
UNTELLING.addSubnet('fc00::', 7, 'ipv6');
UNTELLING.addSubnet('fe80::', 10, 'ipv6');

/** Keyed hashes of what must be compared and need not be known. */
export class Prints {
  private readonly key: Buffer;

  /** @param encryptionKey 32 bytes in base64; prints of two keys cannot be compared */
  constructor(encryptionKey: string) {
    this.key = Buffer.from(hkdfSync('sha256', Buffer.from(encryptionKey, 'base64'), '', 'prints', 32));
  }

  /** @param kind keeps equal texts of different kinds apart */
  of(kind: string, text: string): string {
    return createHmac('sha256', this.key).update(`${kind}\0${text}`).digest('base64url').slice(0, 32);
  }

  /** Of the household or office behind an address; undefined where the address does not tell one. */
  ofNetwork(ip: string | undefined): string | undefined {
    const network = networkOf(ip);
    return network === undefined ? undefined : this.of('network', network);
  }
}

/** An IPv4 address, or the /64 that a provider gives one customer. */
export function networkOf(ip: string | undefined): string | undefined {
  const address = ip?.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (!address || !isIP(address)) return undefined;
  if (isIPv4(address)) return UNTELLING.check(address, 'ipv4') ? undefined : address;
  if (UNTELLING.check(address, 'ipv6')) return undefined;
  const [head = '', tail] = address.toLowerCase().split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail ? tail.split(':') : [];
  const missing = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  const groups = [...left, ...Array<string>(missing).fill('0'), ...right];
  return groups
    .slice(0, 4)
    .map((group) => parseInt(group, 16).toString(16))
    .join(':');
}
