import { lookup as systemLookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '@parley/platform';
import type { NotificationsConfig } from '../config';
import { isPublicAddress } from './private-addresses';

/** Not to be called: reported as the attempt's error, or as the fault of the field `url`. */
export class TargetRefused extends Error {}

const RESOLVE_TIMEOUT_MS = 2_000;

/** Decides where requests may go. */
@Injectable()
export class TargetGuard {
  private readonly privateAllowed: boolean;
  private readonly plainHttpAllowed: boolean;

  constructor(@Inject(CONFIG) config: NotificationsConfig) {
    this.privateAllowed = config.WEBHOOKS_ALLOW_PRIVATE_TARGETS;
    this.plainHttpAllowed = this.privateAllowed || config.NODE_ENV !== 'production';
  }

  /** What the URL itself tells, without asking anybody. @throws TargetRefused */
  checkUrl(text: string): URL {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (!url || !['http:', 'https:'].includes(url.protocol)) throw new TargetRefused('must be an https URL');
    if (url.protocol === 'http:' && !this.plainHttpAllowed) throw new TargetRefused('must be an https URL');
    if (url.username || url.password) throw new TargetRefused('must not hold credentials');
    const host = bareHost(url);
    if (isIP(host)) this.checkAddress(host);
    return url;
  }

  /**
   * As `checkUrl`, and where the name leads today. A name that does not resolve passes: its owner may be about to
   * set it up, and every delivery is checked again.
   * @throws TargetRefused
   */
  async checkTarget(text: string): Promise<void> {
    const host = bareHost(this.checkUrl(text));
    if (isIP(host) || this.privateAllowed) return;
    const unresolved = (): LookupAddress[] => [];
    const late = pause(RESOLVE_TIMEOUT_MS, [], { ref: false });
    const addresses = await Promise.race([lookup(host, { all: true }).catch(unresolved), late]);
    for (const { address } of addresses) this.checkAddress(address);
  }

  /**
   * For the socket: it connects to the very addresses checked here, so a second DNS answer cannot swap them.
   * Never asked for IP literals; those are `checkUrl`'s.
   */
  readonly lookup: LookupFunction = (hostname, options: LookupOptions, callback) => {
    systemLookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '');
      const allowed = addresses.filter(({ address }) => this.allows(address));
      const [first] = allowed;
      if (!first) return callback(new TargetRefused('leads to a private address'), '');
      if (options.all) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };

  private checkAddress(address: string): void {
    if (!this.allows(address)) throw new TargetRefused('must not lead to a private address');
  }

  private allows(address: string): boolean {
    return this.privateAllowed || isPublicAddress(address);
  }
}

const bareHost = (url: URL): string => url.hostname.replace(/^\[(.*)\]$/, '$1');
