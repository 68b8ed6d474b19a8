import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { Inject, Injectable, Logger } from '@nestjs/common';
import {
  ACCESS_TOKEN_ALGORITHM,
  ACCESS_TOKEN_SECONDS,
  type JsonWebKeyResponse,
  type JwksResponse,
} from '@parley/contracts';
import { Database } from '@parley/persistence';
import { CONFIG, seal, unseal } from '@parley/platform';
import { calculateJwkThumbprint, exportJWK } from 'jose';
import type { IdentityConfig } from '../config';
import { SigningKeyRepository, type SigningKeyRow } from './signing-key.repository';

export interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
}

/** How long a process may sign with a key after another process rotated it. */
const CACHE_MS = 60_000;

/** A key goes only when no token signed with it can be alive. */
const RETIRING_MS = 2 * ACCESS_TOKEN_SECONDS * 1000;

const REASON = 'signing keys';
const generate = promisify(generateKeyPair);

/** Makes, keeps and rotates the keys of access tokens. Private halves leave this class only as KeyObject. */
@Injectable()
export class SigningKeys {
  private readonly logger = new Logger(SigningKeys.name);
  private readonly secret: Buffer;
  private readonly formerSecrets: readonly Buffer[];
  private cached: { key: Promise<SigningKey>; until: number } | undefined;

  constructor(
    @Inject(CONFIG) config: Pick<IdentityConfig, 'ENCRYPTION_KEY' | 'ENCRYPTION_KEYS_OLD'>,
    @Inject(Database) private readonly db: Database,
    @Inject(SigningKeyRepository) private readonly keys: SigningKeyRepository,
  ) {
    this.secret = Buffer.from(config.ENCRYPTION_KEY, 'base64');
    this.formerSecrets = config.ENCRYPTION_KEYS_OLD.map((key) => Buffer.from(key, 'base64'));
  }

  /** The key to sign with; made at first need. Call outside a transaction. */
  active(): Promise<SigningKey> {
    if (this.cached && this.cached.until > Date.now()) return this.cached.key;
    const key = this.load();
    const entry = { key, until: Date.now() + CACHE_MS };
    this.cached = entry;
    key.catch(() => {
      if (this.cached === entry) this.cached = undefined;
    });
    return key;
  }

  async jwks(): Promise<JwksResponse> {
    await this.active();
    const rows = await this.db.system(REASON, () => this.keys.published());
    return { keys: await Promise.all(rows.map(toJsonWebKey)) };
  }

  /** In the open transaction: the key that will sign next, published from its commit on. The same one until it signs. */
  async announce(at: Date): Promise<SigningKeyRow> {
    await this.keys.takeTurn();
    return (await this.keys.findNext()) ?? this.create(at);
  }

  /**
   * In the open transaction: signs with the next key from its commit on; other replicas follow within a minute. What the
   * old one signed stays good until it expires.
   */
  async promote(at: Date): Promise<{ from: string | undefined; to: string }> {
    await this.keys.takeTurn();
    const from = await this.keys.findActive();
    const { kid: to } = await this.announce(at);
    await this.keys.beginRetiring(at);
    await this.keys.activateNext(at);
    this.db.afterCommit(() => {
      this.cached = undefined;
    });
    return { from: from?.kid, to };
  }

  /** Withdraws keys that have nothing left to verify. */
  async retireOld(): Promise<void> {
    const at = new Date();
    const before = new Date(at.getTime() - RETIRING_MS);
    const retired = await this.db.system(REASON, () => this.keys.retire(before, at));
    if (retired > 0) this.logger.log({ retired }, 'signing keys retired');
  }

  /** Moves private halves that are sealed under a former master key to the current one; says how many. */
  async reseal(): Promise<number> {
    if (this.formerSecrets.length === 0) return 0;
    return this.db.system(REASON, async () => {
      await this.keys.takeTurn();
      let moved = 0;
      for (const row of await this.keys.published()) {
        const privateEnc = this.resealed(row);
        if (!privateEnc) continue;
        await this.keys.saveSealed({ ...row, privateEnc });
        moved += 1;
      }
      return moved;
    });
  }

  private async load(): Promise<SigningKey> {
    const row = await this.db.system(REASON, async () => {
      const existing = await this.keys.findActive();
      if (existing) return existing;
      await this.keys.takeTurn();
      if (!(await this.keys.findActive())) await this.promote(new Date());
      return this.keys.findActive();
    });
    if (!row) throw new Error('A signing key was made and is not there');
    return this.open(row);
  }

  /** Nothing when it opens under the current secret, or under none. */
  private resealed({ kid, privateEnc }: SigningKeyRow): Buffer | undefined {
    const owner = contextOf(kid);
    if (opens(this.secret, privateEnc, owner)) return undefined;
    const former = this.formerSecrets.find((each) => opens(each, privateEnc, owner));
    return former && seal(this.secret, unseal(former, privateEnc, owner), owner);
  }

  private async create(createdAt: Date): Promise<SigningKeyRow> {
    const { publicKey, privateKey } = await generate('rsa', { modulusLength: 2048 });
    const kid = await calculateJwkThumbprint(publicKey.export({ format: 'jwk' }) as { kty: 'RSA' });
    const row = {
      kid,
      publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      privateEnc: seal(this.secret, privateKey.export({ type: 'pkcs8', format: 'der' }), contextOf(kid)),
      createdAt,
      activeAt: null,
    };
    await this.keys.addNext(row);
    this.logger.log({ kid }, 'signing key made');
    return row;
  }

  private open({ kid, privateEnc }: SigningKeyRow): SigningKey {
    try {
      const owner = contextOf(kid);
      const former = this.formerSecrets.find((each) => opens(each, privateEnc, owner));
      const key = unseal(former ?? this.secret, privateEnc, owner);
      return { kid, privateKey: createPrivateKey({ key, type: 'pkcs8', format: 'der' }) };
    } catch (cause) {
      throw new Error(`ENCRYPTION_KEY does not open signing key ${kid}: it was made under another one`, {
        cause,
      });
    }
  }
}

function opens(secret: Buffer, sealed: Buffer, owner: string): boolean {
  try {
    unseal(secret, sealed, owner);
    return true;
  } catch {
    return false;
  }
}

const contextOf = (kid: string): string => `signing_key:${kid}`;

async function toJsonWebKey({ kid, publicPem }: SigningKeyRow): Promise<JsonWebKeyResponse> {
  const { n = '', e = '' } = await exportJWK(createPublicKey(publicPem));
  return { kty: 'RSA', kid, alg: ACCESS_TOKEN_ALGORITHM, use: 'sig', n, e };
}
