import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '@parley/platform';
import type { IdentityConfig } from '../config';
import {
  type Envelope,
  masterKey,
  type MasterKey,
  openEnvelope,
  rewrapEnvelope,
  sealEnvelope,
} from './envelope';

/** Seals under the current master key, opens under those before it too. */
@Injectable()
export class Envelopes {
  readonly current: MasterKey;
  private readonly masters: ReadonlyMap<string, MasterKey>;

  constructor(@Inject(CONFIG) { ENCRYPTION_KEY, ENCRYPTION_KEYS_OLD }: IdentityConfig) {
    this.current = masterKey(ENCRYPTION_KEY);
    const all = [this.current, ...ENCRYPTION_KEYS_OLD.map(masterKey)];
    this.masters = new Map(all.map((master) => [master.id, master]));
  }

  seal(text: string, owner: string): Envelope {
    return sealEnvelope(this.current, text, owner);
  }

  /** @throws Error when the master is unknown, or anything was changed or moved */
  open(envelope: Envelope, owner: string): string {
    return openEnvelope(this.masterOf(envelope), envelope, owner);
  }

  /** @throws Error as `open` */
  rewrap(envelope: Omit<Envelope, 'sealed'>, owner: string): Omit<Envelope, 'sealed'> {
    return rewrapEnvelope(this.masterOf(envelope), this.current, envelope, owner);
  }

  /** Whether something may still lie under a former master. */
  get isRotating(): boolean {
    return this.masters.size > 1;
  }

  knows(keyId: string): boolean {
    return this.masters.has(keyId);
  }

  private masterOf({ keyId }: Pick<Envelope, 'keyId'>): MasterKey {
    const master = this.masters.get(keyId);
    if (!master) throw new Error(`No master key ${keyId} in ENCRYPTION_KEY or ENCRYPTION_KEYS_OLD`);
    return master;
  }
}
