import { createHash } from 'node:crypto';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import {
  API_KEY_PREFIX_LENGTH,
  type ApiKeyIdentity,
  type ApiKeyRevokedV1,
  apiKeyRevokedV1,
  AppError,
  type CallerContext,
  currentCaller,
  verifyApiKey,
} from '@parley/contracts';
import { RpcClient, type Transport } from '@parley/messaging';
import { TRANSPORT } from '@parley/platform';
import { RateLimits, refuseOver } from './rate-limits';

/** How long an answer of identity holds here when no revocation is heard. */
const FRESH_MS = 5_000;
const MAX_REMEMBERED = 10_000;

interface Remembered {
  readonly answer: Promise<ApiKeyIdentity>;
  readonly prefix: string;
  until: number;
  /** Once it was good from here, neighbours with bad ones cannot shut it out. */
  proved: boolean;
}

/** Checks service tokens with identity, and remembers its answers for a moment. */
@Injectable()
export class ApiKeys implements OnModuleInit {
  private readonly remembered = new Map<string, Remembered>();
  private readonly ownLimits = new Map<string, number | null>();

  constructor(
    @Inject(RpcClient) private readonly rpc: RpcClient,
    @Inject(TRANSPORT) private readonly transport: Transport,
    @Inject(RateLimits) private readonly limits: RateLimits,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.transport.observe([apiKeyRevokedV1.type], ({ payload }) => {
      this.forget((payload as ApiKeyRevokedV1).prefix);
    });
  }

  /** @throws Unauthenticated, Forbidden from a network that is not the key's, RateLimited after too many bad ones */
  async verify(key: string): Promise<ApiKeyIdentity> {
    const { ip = 'unknown' } = currentCaller();
    const place = placeOf(key, ip);
    const known = this.remembered.get(place);
    if (known && known.until > Date.now()) return known.answer;
    this.remembered.delete(place);
    const free = known?.proved === true || this.limits.off;
    return this.remember(key, place, free ? this.rpc.call(verifyApiKey, { key }) : this.askWithin(key, ip));
  }

  /** Requests a minute of a key that was verified here; nothing when it has no limit of its own. */
  limitOf(keyId: string): number | undefined {
    return this.ownLimits.get(keyId) ?? undefined;
  }

  /** Counts before it asks, so that guesses sent together do not all get through, and takes back what was no guess. */
  private async askWithin(key: string, address: string): Promise<ApiKeyIdentity> {
    refuseOver(await this.limits.spend('BAD_KEYS', address));
    let bad = false;
    try {
      return await this.rpc.call(verifyApiKey, { key });
    } catch (error) {
      bad = isVerdict(error);
      throw error;
    } finally {
      if (!bad) await this.limits.giveBack('BAD_KEYS', address);
    }
  }

  /** Requests that come together share one question; a refusal is remembered as an answer is. */
  private async remember(
    key: string,
    place: string,
    answer: Promise<ApiKeyIdentity>,
  ): Promise<ApiKeyIdentity> {
    const entry: Remembered = {
      answer,
      prefix: key.slice(0, API_KEY_PREFIX_LENGTH),
      until: Date.now() + FRESH_MS,
      proved: false,
    };
    makeRoom(this.remembered);
    this.remembered.set(place, entry);
    try {
      const identity = await answer;
      if (identity.goodUntil) entry.until = Math.min(entry.until, Date.parse(identity.goodUntil));
      entry.proved = true;
      makeRoom(this.ownLimits);
      this.ownLimits.set(identity.keyId, identity.limitPerMinute);
      return identity;
    } catch (error) {
      if (!isVerdict(error) && this.remembered.get(place) === entry) this.remembered.delete(place);
      throw error;
    }
  }

  private forget(prefix: string): void {
    for (const [place, entry] of this.remembered) if (entry.prefix === prefix) this.remembered.delete(place);
  }
}

export function asKeyCaller(
  { keyId, tenantId, scopes, locale }: ApiKeyIdentity,
  base: CallerContext,
): CallerContext {
  return { ...base, tenantId, apiKeyId: keyId, roles: [], scopes, locale };
}

const placeOf = (key: string, ip: string): string =>
  `${createHash('sha256').update(key).digest('base64')} ${ip}`;

const isVerdict = (error: unknown): boolean =>
  error instanceof AppError && (error.kind === 'unauthenticated' || error.kind === 'forbidden');

/** The oldest goes first. */
function makeRoom(map: Map<string, unknown>): void {
  if (map.size < MAX_REMEMBERED) return;
  const oldest = map.keys().next().value;
  if (oldest !== undefined) map.delete(oldest);
}
