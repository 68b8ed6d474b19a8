import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@parley/persistence';
import { AuditTrail } from '../audit/audit-trail';
import { SigningKeyRepository } from './signing-key.repository';
import { SigningKeys } from './signing-keys.service';

const REASON = 'rotation of signing keys';
const HOUR_MS = 3_600_000;

/** How long a key is published before it signs: whoever keeps our key set asks again within a day. */
export const LEAD_MS = 24 * HOUR_MS;

export interface KeyRotated {
  /** What happened, if anything was due. */
  readonly outcome: 'announced' | 'rotated' | 'not_due';
  readonly kid?: string;
}

/** When which key signs (C-05). Every step is in the platform's audit trail. */
@Injectable()
export class KeyRotation {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(SigningKeyRepository) private readonly rows: SigningKeyRepository,
    @Inject(SigningKeys) private readonly keys: SigningKeys,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
  ) {}

  /** The step that is due: publishes a key a day before the active one is `days` old, and signs with it a day later. */
  async step(days: number, at = new Date()): Promise<KeyRotated> {
    return this.db.system(REASON, async () => {
      await this.rows.takeTurn();
      const next = await this.rows.findNext();
      if (next) return next.createdAt.getTime() + LEAD_MS <= at.getTime() ? this.promote(at) : NOT_DUE;
      const active = await this.rows.findActive();
      if (!active?.activeAt) return NOT_DUE;
      const due = active.activeAt.getTime() + days * 24 * HOUR_MS - LEAD_MS;
      return due <= at.getTime() ? this.announce(at) : NOT_DUE;
    });
  }

  /**
   * For operators, whatever the age of the active key.
   * @param immediately signs with the new key at once; verifiers that do not ask for unknown keys refuse its tokens
   */
  async begin(immediately: boolean): Promise<KeyRotated> {
    const at = new Date();
    return this.db.system(REASON, () => (immediately ? this.promote(at) : this.announce(at)));
  }

  private async announce(at: Date): Promise<KeyRotated> {
    const { kid } = await this.keys.announce(at);
    await this.record('signing_key.announced', kid);
    return { outcome: 'announced', kid };
  }

  private async promote(at: Date): Promise<KeyRotated> {
    const { from, to } = await this.keys.promote(at);
    await this.record('signing_key.rotated', to, from);
    return { outcome: 'rotated', kid: to };
  }

  private record(action: string, kid: string, replaced?: string): Promise<void> {
    return this.audit.record({
      action,
      resourceType: 'signing_key',
      resourceId: kid,
      ...(replaced ? { before: { kid: replaced }, after: { kid } } : {}),
      tenantId: null,
    });
  }
}

const NOT_DUE: KeyRotated = { outcome: 'not_due' };
