import { isIP } from 'node:net';

/**
 * Where somebody tries to get into an account. Each door has its own guard, so that nobody locks another's:
 * strangers by network, known devices and living sessions each alone (ADR 0025).
 */
export interface Door {
  email: string;
  kind: 'network' | 'device' | 'session';
  /** Names the guard among those of the address. */
  place: string;
  /** The device that was recognized. */
  deviceId?: string;
}

/** The /24 or /64 around an address: what one customer of a provider has at hand. */
export function networkOf(ip: string | undefined): string {
  if (ip === undefined) return 'unknown';
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1];
  const address = mapped ?? ip;
  const version = isIP(address);
  if (version === 4) return `${address.split('.').slice(0, 3).join('.')}.0/24`;
  return version === 6 ? `${firstGroupsOf(address).join(':')}::/64` : 'unknown';
}

/** The first four groups, written one way whatever was left out. */
function firstGroupsOf(address: string): string[] {
  const [head = '', tail = ''] = (address.split('%')[0] ?? '').split('::');
  const groupsOf = (text: string): string[] => (text === '' ? [] : text.split(':'));
  // An IPv4 address at the end takes the room of two groups.
  const [front, back] = [
    groupsOf(head),
    groupsOf(tail).flatMap((group) => (group.includes('.') ? ['', ''] : [group])),
  ];
  const zeros = address.includes('::')
    ? Array<string>(Math.max(0, 8 - front.length - back.length)).fill('0')
    : [];
  return [...front, ...zeros, ...back].slice(0, 4).map((group) => parseInt(group || '0', 16).toString(16));
}
