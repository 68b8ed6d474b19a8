import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** As Fastify takes it: nobody, everybody, so many hops, or these networks. */
export type TrustProxy = boolean | number | string[];

/** Names Fastify knows for networks, and what they stand for. */
const NAMED: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

/** Whether the other end of the connection itself is a proxy whose headers are believed. */
export function isTrustedProxy(trust: TrustProxy): (address: string | undefined) => boolean {
  if (typeof trust === 'boolean') return () => trust;
  if (typeof trust === 'number') return () => trust > 0;
  const networks = new BlockList();
  for (const each of trust.flatMap((network) => NAMED[network] ?? [network])) {
    const [address = '', bits] = each.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    networks.addSubnet(address, bits === undefined ? (family === 'ipv6' ? 128 : 32) : Number(bits), family);
  }
  return (address) => {
    const version = isIP(address ?? '');
    return address !== undefined && version !== 0 && networks.check(address, version === 6 ? 'ipv6' : 'ipv4');
  };
}

type Peered = Pick<IncomingMessage, 'headers'> & { socket: Pick<IncomingMessage['socket'], 'remoteAddress'> };

/**
 * Who is asking, for HTTP and sockets alike: the other end of the connection, or, while that is a proxy that is
 * believed, whom it says it asks for (X-Forwarded-For, from the right). What is no address is not believed.
 */
export function addressReader(trust: string[]): (request: Peered) => string | undefined {
  const isTrusted = isTrustedProxy(trust);
  return ({ headers, socket }) => {
    const said = [headers['x-forwarded-for'] ?? []].flat().join(',').split(',').map(withoutPort);
    let address = socket.remoteAddress;
    while (isTrusted(address)) {
      const before = said.pop();
      if (before === undefined || isIP(before) === 0) break;
      address = before;
    }
    return address;
  };
}

/** Some proxies tell the port as well: `203.0.113.7:4711`, `[2001:db8::7]:4711`. */
function withoutPort(text: string): string {
  const entry = text.trim();
  return isIP(entry) ? entry : (/^\[(.+)\](?::\d+)?$/.exec(entry)?.[1] ?? entry.replace(/:\d+$/, ''));
}
