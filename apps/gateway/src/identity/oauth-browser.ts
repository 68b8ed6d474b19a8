import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '@parley/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { GatewayConfig } from '../config';

/** As long as a flow lasts. */
const COOKIE_SECONDS = 600;

/** Ties a sign-in elsewhere to the browser that began it: a callback in another one is refused. */
@Injectable()
export class OAuthBrowser {
  private readonly cookie: string;
  private readonly attributes: string;

  constructor(@Inject(CONFIG) { NODE_ENV }: GatewayConfig) {
    const secure = NODE_ENV === 'production';
    // With this prefix neither a sibling domain nor plain http can set it.
    this.cookie = secure ? '__Host-parley-oauth' : 'parley-oauth';
    // Lax: the provider sends the browser back from another site.
    this.attributes = `Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
  }

  keyOf({ headers }: FastifyRequest): { browserKey?: string } {
    const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim());
    const found = pairs.find((pair) => pair.startsWith(`${this.cookie}=`));
    const browserKey = found?.slice(this.cookie.length + 1);
    return browserKey && browserKey.length <= 256 ? { browserKey } : {};
  }

  /** To the provider; scripts ask for JSON, as they cannot follow a redirect to another site. */
  sendOut(
    request: FastifyRequest,
    reply: FastifyReply,
    { authorizationUrl, browserKey }: { authorizationUrl: string; browserKey: string },
  ): void {
    void reply
      .header('set-cookie', `${this.cookie}=${browserKey}; Max-Age=${COOKIE_SECONDS}; ${this.attributes}`)
      .header('cache-control', 'no-store')
      .header('vary', 'Accept');
    const accepts = request.headers.accept ?? '';
    if (accepts.includes('application/json')) void reply.send({ authorizationUrl });
    else void reply.redirect(authorizationUrl, 302);
  }

  sendBack(reply: FastifyReply, { location }: { location: string }): void {
    void reply.header('cache-control', 'no-store').redirect(location, 302);
  }
}

/** The query as the provider wrote it: it carries more than we know of. */
export function rawQueryOf({ url }: FastifyRequest): string {
  const at = url.indexOf('?');
  return at < 0 ? '' : url.slice(at + 1);
}
