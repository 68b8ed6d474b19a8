import { BlockList, isIP } from 'node:net';
import { z } from 'zod';

/** As Fastify takes it: nobody, everybody, so many hops, or these networks. */
export type TrustProxy = boolean | number | string[];

/** Names Fastify knows for networks, and what they stand for. */
const NAMED: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

function isNetwork(text: string): boolean {
  if (text in NAMED) return true;
  const [address = '', bits, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

/** A setting: `false`, a number of hops, or a comma-separated list of networks. Never everybody. */
export const proxyNetworks = () =>
  z.preprocess(
    (value) => (value === '' || value === undefined ? 'false' : value),
    z.string().transform((value, context): TrustProxy => {
      if (value === 'false') return false;
      if (/^\d{1,2}$/.test(value)) return Number(value);
      const networks = value.split(',').map((network) => network.trim());
      for (const network of networks.filter((each) => !isNetwork(each))) {
        context.addIssue({ code: 'custom', message: `"${network}" is not a network in CIDR form` });
      }
      return networks;
    }),
  );

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
