import type { IncomingMessage } from 'node:http';
import { isTrustedProxy, type TrustProxy } from './trusted-proxies';

/** Names of the headers, lower case. */
export interface PlaceHeaders {
  country?: string | undefined;
  city?: string | undefined;
}

const COUNTRY = /^[A-Z]{2}$/;
/** What proxies say when they do not know, or when the address belongs to Tor. */
const NOWHERE = new Set(['XX', 'T1', 'ZZ']);
const MAX_CITY = 100;

/**
 * Reads where a caller is from what the proxy in front says: `City, CC`, or `CC`. Nothing without a country, and nothing
 * at all from a peer that is no trusted proxy: anybody can send headers.
 */
export function placeReader(
  trust: TrustProxy,
  headers: PlaceHeaders = {},
): (request: Pick<IncomingMessage, 'headers' | 'socket'>) => string | undefined {
  const { country: countryHeader, city: cityHeader } = headers;
  if (!countryHeader) return () => undefined;
  const isTrusted = isTrustedProxy(trust);
  return (request) => {
    if (!isTrusted(request.socket.remoteAddress)) return undefined;
    const read = (name: string | undefined): string | undefined => {
      const value = name && request.headers[name.toLowerCase()];
      return typeof value === 'string' ? value.trim() : undefined;
    };
    const country = read(countryHeader)?.toUpperCase();
    if (!country || !COUNTRY.test(country) || NOWHERE.has(country)) return undefined;
    const city = cityOf(read(cityHeader));
    return city ? `${city}, ${country}` : country;
  };
}

/** Header bytes arrive as Latin-1; proxies write UTF-8, or percent-encode it. */
function cityOf(raw: string | undefined): string | undefined {
  if (!raw) return undefined;
  const text = percentDecoded(utf8Of(raw));
  return /[\p{Cc}\p{Cf}<>]/u.test(text) ? undefined : text.slice(0, MAX_CITY);
}

function utf8Of(latin1: string): string {
  const text = Buffer.from(latin1, 'latin1').toString('utf8');
  return text.includes('\uFFFD') ? latin1 : text;
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
