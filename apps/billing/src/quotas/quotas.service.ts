import { Injectable } from '@nestjs/common';
import {
  currentCaller,
  decodeCursor,
  DEFAULT_PAGE_SIZE,
  Invalid,
  isUuid,
  type ListQuotasRequest,
  type OwnQuotas,
  QUOTA_METERS,
  type QuotaMeter,
  type QuotaPage,
  type QuotaResponse,
  type QuotaSet,
  type SetQuotaRequest,
  toPage,
  type UsageMeter,
} from '@parley/contracts';
import { ActRecorder } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { Bookkeeper } from '../books/bookkeeper';
import type { Books } from '../books/books';
import { TermsRepository } from '../subscriptions/terms.repository';
import { tenantOfCaller } from '../tenant-of-caller';
import { known } from '../tenant-known';
import { exceededQuota, levelOfQuota, type QuotaStanding, remainingOf } from './quota';
import { QuotaAllocated, QuotaExceeded, QuotaNotYours } from './quota.errors';
import { QuotaRepository } from './quota.repository';

/** Minutes of practice that companies give their users, and the platform its companies (BR-046). */
@Injectable()
export class Quotas {
  constructor(
    private readonly database: Database,
    private readonly acts: ActRecorder,
    private readonly bookkeeper: Bookkeeper,
    private readonly quotas: QuotaRepository,
    private readonly terms: TermsRepository,
  ) {}

  /**
   * Whether quotas leave room for `units` more; to be asked while the tenant's books are locked, so that no number
   * of starts at once passes together.
   * @throws QuotaExceeded
   */
  async demand(books: Books, meter: UsageMeter, units: number, userId: string | null): Promise<void> {
    if (!isQuotaMeter(meter)) return;
    const exceeded = exceededQuota(await this.quotas.binding(books.tenantId, userId, meter), units);
    if (exceeded) throw new QuotaExceeded(exceeded, units);
  }

  /** Under the lock of the books: of two who give away the same minutes at once, the second is refused. */
  async set(request: SetQuotaRequest): Promise<QuotaSet> {
    const { userId = null, meter = 'practice_minutes', totalMinutes } = request;
    const tenantId = demandRight(request.tenantId, userId === null);
    const { userId: allocatedBy = null } = currentCaller();
    return this.database.forTenant(tenantId, () =>
      this.bookkeeper.change(tenantId, {}, undefined, async (books) => {
        known(books);
        const { company, others } = await this.quotas.allocation(tenantId, meter, userId);
        const total = userId === null ? totalMinutes : company;
        const allocatedMinutes = others + (userId === null ? 0 : (totalMinutes ?? 0));
        if (total !== null && allocatedMinutes > total) throw new QuotaAllocated(total, allocatedMinutes);
        if (totalMinutes === null) await this.quotas.remove(tenantId, meter, userId);
        else await this.quotas.set(tenantId, { userId, meter, totalMinutes, allocatedBy });
        await this.acts.record({
          action: 'quota.set',
          resourceType: 'quota',
          resourceId: userId ?? tenantId,
          tenantId,
          after: { meter, totalMinutes },
        });
        return { tenantId, userId, meter, totalMinutes, allocatedMinutes };
      }),
    );
  }

  async list({ tenantId: named, limit = DEFAULT_PAGE_SIZE, cursor }: ListQuotasRequest): Promise<QuotaPage> {
    const tenantId = demandRight(named, false);
    const before = cursor ? idOf(cursor) : undefined;
    const rows = await this.database.forTenant(tenantId, () => this.quotas.list(tenantId, before, limit + 1));
    return toPage(
      rows,
      limit,
      (quota) => toQuotaResponse(tenantId, quota),
      ({ id }) => [id],
    );
  }

  /** What binds the caller, and when it starts anew. */
  async own(): Promise<OwnQuotas> {
    const tenantId = tenantOfCaller();
    const { userId = null } = currentCaller();
    return this.database.tenant(async () => {
      const books = await this.bookkeeper.peek(tenantId);
      const terms = await this.terms.of(tenantId, books.now);
      const standings = await this.quotas.binding(tenantId, userId);
      const quotas = standings.map((quota) => {
        const { window } = terms.of(quota.meter);
        const period = books.period(quota.meter);
        return {
          meter: quota.meter,
          level: levelOfQuota(quota),
          ...figuresOf(quota),
          periodStart: (period?.periodStart ?? window.start).toISOString(),
          periodEnd: (period?.periodEnd ?? window.end).toISOString(),
        };
      });
      return { quotas };
    });
  }
}

/** Companies' quotas and other tenants are the platform's; users' quotas of a tenant its admins'. */
function demandRight(named: string | undefined, ofCompany: boolean): string {
  const { roles, tenantId: own } = currentCaller();
  if (roles.includes('super_admin')) return named ?? tenantOfCaller();
  if (ofCompany) throw new QuotaNotYours('Only the platform’s administration sets a company’s quota');
  if (named !== undefined && named !== own) throw new QuotaNotYours('Name no other tenant than your own');
  if (!roles.some((role) => role === 'owner' || role === 'admin'))
    throw new QuotaNotYours('Only admins see to their users’ quotas');
  return tenantOfCaller();
}

const isQuotaMeter = (meter: UsageMeter): meter is QuotaMeter =>
  (QUOTA_METERS as readonly string[]).includes(meter);

const figuresOf = (quota: QuotaStanding) => ({
  totalMinutes: quota.totalMinutes,
  usedMinutes: quota.usedMinutes,
  heldMinutes: quota.heldMinutes,
  remainingMinutes: remainingOf(quota),
});

const toQuotaResponse = (tenantId: string, quota: QuotaStanding): QuotaResponse => ({
  id: quota.id,
  tenantId,
  userId: quota.userId,
  meter: quota.meter,
  ...figuresOf(quota),
  allocatedBy: quota.allocatedBy,
  updatedAt: quota.updatedAt.toISOString(),
});

function idOf(cursor: string): string {
  const [id = ''] = decodeCursor(cursor, 1);
  if (isUuid(id)) return id;
  throw new Invalid('Invalid input: cursor', [{ field: 'cursor', message: 'is not a cursor of this list' }]);
}
