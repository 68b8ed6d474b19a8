import { Injectable } from '@nestjs/common';
import {
  type AdjustCreditsRequest,
  type AdjustedCredits,
  currentCaller,
  Invalid,
  newId,
  type PauseUsageRequest,
  usagePausedV1,
} from '@parley/contracts';
import { ActRecorder, Outbox } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { Bookkeeper } from '../books/bookkeeper';
import { known } from '../tenant-known';

/** What administrators of the platform do to a tenant's use and credits; each names who and why. */
@Injectable()
export class TenantBillingService {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly acts: ActRecorder,
    private readonly bookkeeper: Bookkeeper,
  ) {}

  pause({ id, reason }: PauseUsageRequest): Promise<void> {
    return this.setPaused(id, reason);
  }

  resume(tenantId: string): Promise<void> {
    return this.setPaused(tenantId, null);
  }

  /** A correction by hand (BR-051); what is taken and not there is owed. Once per `Idempotency-Key`. */
  async adjust({ id: tenantId, amount, reason }: AdjustCreditsRequest): Promise<AdjustedCredits> {
    if (amount === 0)
      throw new Invalid('Invalid input: amount', [{ field: 'amount', message: 'must not be 0' }]);
    const { idempotencyKey, userId: actorId = null } = currentCaller();
    const naturalKey = `adjustment:${idempotencyKey ? `${actorId}:${idempotencyKey}` : newId()}`;
    const kind = 'admin_adjustment';
    return this.database.forTenant(tenantId, () =>
      this.bookkeeper.change(tenantId, { naturalKeys: [naturalKey] }, undefined, async (books) => {
        const facts = { kind, naturalKey, description: reason, actorId, occurredAt: books.now } as const;
        const meter = 'credits' as const;
        known(books);
        if (amount > 0) {
          books.grant({ ...facts, meter, grantKind: 'adjustment', quantity: amount, expiresAt: null });
        } else {
          books.use({ ...facts, meter, units: -amount, account: 'adjusted', sourceKey: naturalKey });
        }
        const { balance } = books.wallet(meter);
        await this.acts.record({
          action: 'credits.adjusted',
          resourceType: 'wallet',
          resourceId: tenantId,
          tenantId,
          after: { amount, reason, balance },
        });
        return { balance };
      }),
    );
  }

  private async setPaused(tenantId: string, reason: string | null): Promise<void> {
    const { userId: actorId = null } = currentCaller();
    await this.database.forTenant(tenantId, () =>
      this.bookkeeper.change(tenantId, {}, undefined, async (books) => {
        known(books);
        const paused = reason !== null;
        if (paused === (books.tenant.pausedAt !== null)) return;
        books.tenant.pausedAt = paused ? books.now : null;
        await this.database.execute(
          'UPDATE tenant_books SET pause_reason = $2, paused_by = $3 WHERE tenant_id = $1',
          [tenantId, reason, paused ? actorId : null],
        );
        await this.outbox.add(usagePausedV1, { paused, reason, actorId }, { subject: tenantId, tenantId });
        await this.acts.record({
          action: paused ? 'usage.paused' : 'usage.resumed',
          resourceType: 'tenant',
          resourceId: tenantId,
          tenantId,
          ...(paused ? { after: { reason } } : {}),
        });
      }),
    );
  }
}
