import type { IdentityConfig } from '../config';
import { RedirectNotAllowed } from './social.errors';

const LOCAL_APP = 'http://localhost:5173';
const LOCAL_GATEWAY = 'http://localhost:3000';
const DEFAULT_PAGE = '/auth/callback';

type RedirectSettings = Pick<IdentityConfig, 'APP_URL' | 'OAUTH_REDIRECT_URIS' | 'GATEWAY_URL'>;

/** Where browsers may be sent with a code: these pages, compared letter by letter (RFC 9700). */
export class RedirectUris {
  private readonly pages: ReadonlySet<string>;
  private readonly gateway: string;

  /** @throws Error when a page could not be compared exactly */
  constructor({ APP_URL, OAUTH_REDIRECT_URIS, GATEWAY_URL }: RedirectSettings) {
    const faulty = OAUTH_REDIRECT_URIS.filter((page) => !isExact(page));
    if (faulty.length > 0)
      throw new Error(
        `identity cannot start: OAUTH_REDIRECT_URIS need full addresses without query or fragment, not ${faulty.join(', ')}`,
      );
    const usual = new URL(trimmed(APP_URL ?? LOCAL_APP) + DEFAULT_PAGE).href;
    this.pages = new Set([...OAUTH_REDIRECT_URIS, usual]);
    this.gateway = trimmed(GATEWAY_URL ?? LOCAL_GATEWAY);
  }

  /** @throws RedirectNotAllowed */
  demand(page: string | undefined): string {
    if (page === undefined || !this.pages.has(page)) throw new RedirectNotAllowed();
    return page;
  }

  /** The address registered at the provider; from settings, as the Host header is anybody's to choose. */
  callbackOf(provider: string): string {
    return `${this.gateway}/v1/auth/oauth/${provider}/callback`;
  }

  /** Where a person sees what became of a deletion asked for at Facebook. */
  deletionPage(code: string): string {
    return `${this.gateway}/v1/auth/social/facebook/deletions/${code}`;
  }
}

/** Survives being read and written as a URL: libraries do that on the way. */
function isExact(page: string): boolean {
  if (!URL.canParse(page)) return false;
  const url = new URL(page);
  return /^https?:$/.test(url.protocol) && url.href === page && !url.search && !url.hash;
}

const trimmed = (url: string): string => url.replace(/\/+$/, '');
