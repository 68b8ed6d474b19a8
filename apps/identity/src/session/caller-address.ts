import { isIP } from 'node:net';
import { currentCaller } from '@parley/contracts';

/** Where the caller is, if the edge said so in a form that PostgreSQL can keep. */
export function callerAddress(): string | undefined {
  const { ip } = currentCaller();
  return ip && isIP(ip) ? ip : undefined;
}
