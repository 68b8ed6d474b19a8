import { Injectable } from '@nestjs/common';
import type { UsageMeter } from '@parley/contracts';
import { Bookkeeper } from '../books/bookkeeper';
import { kindOfGrant } from '../books/books';
import type { GrantKind } from '../books/books.state';

export interface GrantGiven {
  readonly tenantId: string;
  /** Names what is granted for, such as `stripe:checkout:cs_…`: granted once, and by it revoked. */
  readonly naturalKey: string;
  readonly meter: UsageMeter;
  readonly kind: GrantKind;
  /** More than 0. */
  readonly quantity: number;
  readonly description: string;
  readonly occurredAt: Date;
  readonly expiresAt?: Date | null;
  readonly reference?: string | null;
  readonly actorId?: string | null;
}

export interface GrantRevoked {
  readonly tenantId: string;
  /** The key under which it was granted. */
  readonly grantKey: string;
  /** Names this taking back: done once. */
  readonly naturalKey: string;
  /** All that is not revoked yet, unless said otherwise. */
  readonly quantity?: number;
  readonly description: string;
  readonly occurredAt: Date;
  readonly reference?: string | null;
}

/** Units given and taken back: allowances, top-ups, credits, gifts. All join the open transaction of the tenant. */
@Injectable()
export class Grants {
  constructor(private readonly bookkeeper: Bookkeeper) {}

  async give(given: GrantGiven, causationId?: string): Promise<void> {
    const { tenantId, naturalKey, kind, expiresAt = null, ...grant } = given;
    await this.bookkeeper.change(tenantId, { naturalKeys: [naturalKey] }, causationId, (books) => {
      books.grant({ ...grant, naturalKey, expiresAt, grantKind: kind, kind: kindOfGrant(kind) });
    });
  }

  /**
   * Takes units back: what is left of them, and what was used is paid otherwise or owed.
   * @returns how many units were taken back; 0 when it was done before or nothing was granted
   */
  async revoke(revoked: GrantRevoked, causationId?: string): Promise<number> {
    const { tenantId, grantKey, naturalKey, quantity, ...facts } = revoked;
    const focus = { naturalKeys: [naturalKey], grants: [grantKey] };
    return this.bookkeeper.change(tenantId, focus, causationId, (books) => {
      const grant = books.grantOf(grantKey);
      if (!grant) return 0;
      return books.revoke(grant, quantity ?? grant.quantity, { ...facts, kind: 'refund', naturalKey });
    });
  }
}
