import { Injectable } from '@nestjs/common';
import {
  type CheckoutLinkRequest,
  type CheckoutSessionResponse,
  type CompPlanRequest,
  Conflict,
  currentCaller,
  Invalid,
  listTenants,
  NotFound,
  type SubscriptionResponse,
} from '@parley/contracts';
import { ActRecorder, RpcClient } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { PlanUnknown } from '../catalogue/catalogue.errors';
import { CatalogueRepository } from '../catalogue/catalogue.repository';
import { addMonths } from '../periods/windows';
import { SubscriptionRepository } from '../subscriptions/subscription.repository';
import { Subscriptions } from '../subscriptions/subscriptions.service';
import { SubscriptionsReadModel } from '../subscriptions/subscriptions.read-model';
import { Checkout } from './checkout.service';

/** A plan without payment, from now to `end`; month after month from there unless it ends. */
interface Gift {
  readonly planCode: string;
  readonly now: Date;
  readonly end: Date;
  readonly ends: boolean;
  readonly reason: string;
}

/** What administrators of the platform sell or give by hand. */
@Injectable()
export class Sales {
  constructor(
    private readonly database: Database,
    private readonly acts: ActRecorder,
    private readonly rpc: RpcClient,
    private readonly checkout: Checkout,
    private readonly catalogue: CatalogueRepository,
    private readonly held: SubscriptionRepository,
    private readonly subscriptions: Subscriptions,
    private readonly readModel: SubscriptionsReadModel,
  ) {}

  async link({ tenantId, email, priceCode, ...rest }: CheckoutLinkRequest): Promise<CheckoutSessionResponse> {
    if ((tenantId === undefined) === (email === undefined))
      throw new Invalid('Invalid input: tenantId', [{ field: 'tenantId', message: 'or email, one of both' }]);
    const whose = tenantId ?? (await this.tenantOfOwner(email ?? ''));
    const pack = await this.database.forTenant(whose, async () => {
      await this.mustExist(whose);
      return this.catalogue.findPack(priceCode);
    });
    const session = pack?.isActive
      ? await this.checkout.buyPack(whose, pack, 'admin_link')
      : await this.checkout.subscribeTenant(whose, { priceCode, ...rest }, 'admin_link');
    await this.database.forTenant(whose, () =>
      this.acts.record({
        action: 'checkout-link.made',
        resourceType: 'checkout-session',
        resourceId: session.id,
        tenantId: whose,
        after: { priceCode },
      }),
    );
    return session;
  }

  /** A plan without Stripe (BR-052). Again: from now on, with this plan. */
  async comp({ id: tenantId, planCode, until, reason }: CompPlanRequest): Promise<SubscriptionResponse> {
    const now = new Date();
    const end = until ? new Date(until) : addMonths(now, 1);
    if (end <= now) throw new Invalid('Invalid input: until', [{ field: 'until', message: 'must be ahead' }]);
    const externalId = await this.database.forTenant(tenantId, async () => {
      await this.mustExist(tenantId);
      return this.give(tenantId, { planCode, now, end, ends: until !== undefined, reason });
    });
    return this.readModel.get(tenantId, externalId);
  }

  /** Joins the open transaction of the tenant. @throws PlanUnknown, Conflict where the tenant pays; nothing is written then */
  async give(tenantId: string, { planCode, now, end, ends, reason }: Gift): Promise<string> {
    const plan = await this.catalogue.find(planCode);
    if (!plan) throw new PlanUnknown(planCode);
    const live = await this.held.live(tenantId);
    if (live.some(({ productLine, source }) => productLine === plan.productLine && source === 'stripe'))
      throw new Conflict('The tenant pays for a plan of this product line');
    const name = `comped:${plan.productLine}`;
    await this.subscriptions.apply({
      tenantId,
      externalId: name,
      source: 'comped',
      planCode,
      status: 'active',
      interval: 'month',
      periodStart: now,
      periodEnd: end,
      startedAt: now,
      cancelAtPeriodEnd: ends,
      asOf: now,
    });
    await this.database.execute(
      'UPDATE subscriptions SET comped_by = $3, comp_reason = $4 WHERE tenant_id = $1 AND external_id = $2',
      [tenantId, name, currentCaller().userId ?? null, reason],
    );
    await this.acts.record({
      action: 'plan.comped',
      resourceType: 'subscription',
      resourceId: name,
      tenantId,
      after: { planCode, until: end, reason },
    });
    return name;
  }

  async isKnown(tenantId: string): Promise<boolean> {
    const rows = await this.database.query(
      'SELECT FROM tenant_books WHERE tenant_id = $1 AND opened_at IS NOT NULL',
      [tenantId],
    );
    return rows.length > 0;
  }

  private async mustExist(tenantId: string): Promise<void> {
    if (!(await this.isKnown(tenantId))) throw new NotFound('There is no such tenant');
  }

  private async tenantOfOwner(email: string): Promise<string> {
    const { data } = await this.rpc.call(listTenants, { q: email });
    const own = data.filter(({ ownerEmail }) => ownerEmail?.toLowerCase() === email.toLowerCase());
    const [tenant] = own;
    if (!tenant) throw new NotFound('Nobody with this address owns a tenant');
    if (own.length > 1)
      throw new Conflict('Several tenants belong to this address: name one', 'STATE_CONFLICT', {
        tenantIds: own.map(({ id }) => id),
      });
    return tenant.id;
  }
}
