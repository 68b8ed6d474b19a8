import { type FieldFault, Invalid } from '@parley/contracts';

/** Where Stripe's pages may send people back to: nowhere but our own origins. */
export class ReturnUrls {
  private readonly origins: ReadonlySet<string>;

  constructor(origins: readonly string[]) {
    this.origins = new Set(origins.map((origin) => new URL(origin).origin));
    if (this.origins.size === 0) throw new Error('CHECKOUT_ORIGINS must name an origin');
  }

  /** @throws Invalid for an address of anybody else's */
  allowed(field: string, url: string | undefined, path: string): string {
    const [first = ''] = this.origins;
    if (url === undefined) return first + path;
    if (!URL.canParse(url)) throw refused({ field, message: 'must be a URL' });
    const { origin, username, password } = new URL(url);
    if (!this.origins.has(origin) || username || password)
      throw refused({ field, message: 'must be at an allowed origin' });
    return url;
  }
}

const refused = (fault: FieldFault): Invalid => new Invalid(`Invalid input: ${fault.field}`, [fault]);
