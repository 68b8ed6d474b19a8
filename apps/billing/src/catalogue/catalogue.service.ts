import { Injectable } from '@nestjs/common';
import {
  type CatalogueResponse,
  currentCaller,
  type EditPackRequest,
  type EditPlanRequest,
  type PackResponse,
  type PlanPreview,
  type PlanResponse,
} from '@parley/contracts';
import { ActRecorder } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { addMonths, calendarMonth } from '../periods/windows';
import { EditRefused, PackUnknown, PlanUnknown } from './catalogue.errors';
import { CatalogueRepository, type Pack } from './catalogue.repository';
import { given } from './given';
import { costOf, costUnder, goesBeyond } from './month-cost';
import { edited, METER_LINE, type Plan, toPlanResponse } from './plan';
import { SubscriberUsage } from './subscriber-usage.read-model';

@Injectable()
export class CatalogueService {
  constructor(
    private readonly database: Database,
    private readonly acts: ActRecorder,
    private readonly catalogue: CatalogueRepository,
    private readonly subscribers: SubscriberUsage,
  ) {}

  /** What is on offer, to anybody. */
  async list(): Promise<CatalogueResponse> {
    return this.database.system('catalogue', async () => {
      const plans = (await this.catalogue.newest()).filter(({ isPublic }) => isPublic);
      const packs = (await this.catalogue.packs()).filter(({ isActive }) => isActive);
      return { plans: plans.map(toPlanResponse), packs: packs.map(toPackResponse) };
    });
  }

  /** The next version; who subscribed keeps theirs. */
  async edit(request: EditPlanRequest): Promise<PlanResponse> {
    return this.database.system('a plan is edited', async () => {
      const { plan, next } = await this.next(request);
      const added = toPlanResponse(await this.catalogue.add(next, currentCaller().userId ?? null));
      await this.record('plan.edited', 'plan', request.code, toPlanResponse(plan), added);
      return added;
    });
  }

  async editPack({ code, ...edit }: EditPackRequest): Promise<PackResponse> {
    return this.database.system('a pack is edited', async () => {
      await this.catalogue.lock(code);
      const pack = await this.catalogue.findPack(code);
      if (!pack) throw new PackUnknown(code);
      const wanted = { ...pack, ...given(edit) };
      const next: Pack = {
        ...wanted,
        version: pack.version + 1,
        stripePriceId: isSameOffer(pack, wanted) ? pack.stripePriceId : null,
        isExample: false,
      };
      await this.catalogue.addPack(next, currentCaller().userId ?? null);
      await this.record('pack.edited', 'pack', code, toPackResponse(pack), toPackResponse(next));
      return toPackResponse(next);
    });
  }

  /** What last month would have cost those who paid for the plan then, under an edit. Changes nothing. */
  async preview(request: EditPlanRequest): Promise<PlanPreview> {
    const month = calendarMonth(addMonths(calendarMonth(new Date()).start, -1));
    return this.database.system('what an edited plan would cost', async () => {
      const { next } = await this.next(request);
      const held = await this.subscribers.of(request.code, month);
      const plans = new Map<string, Plan>();
      for (const plan of await this.catalogue.byIds(held.map(({ planId }) => planId)))
        plans.set(plan.id, plan);
      let currentCents = 0;
      let editedCents = 0;
      for (const subscriber of held) {
        const plan = plans.get(subscriber.planId);
        currentCents += plan ? costOf(plan, subscriber) : 0;
        editedCents += costUnder(next, subscriber);
      }
      const overIncluded = held.filter((subscriber) => goesBeyond(next, subscriber)).length;
      const subscribers = held.length;
      const named = month.start.toISOString().slice(0, 7);
      return { code: request.code, month: named, subscribers, currentCents, editedCents, overIncluded };
    });
  }

  private record(
    action: string,
    resourceType: string,
    code: string,
    before: object,
    after: object,
  ): Promise<void> {
    return this.acts.record({ action, resourceType, resourceId: code, tenantId: null, before, after });
  }

  /** The newest version, and what the edit makes of it. */
  private async next({ code, ...edit }: EditPlanRequest): Promise<{ plan: Plan; next: Omit<Plan, 'id'> }> {
    await this.catalogue.lock(code);
    const plan = await this.catalogue.find(code);
    if (!plan) throw new PlanUnknown(code);
    refuseNonsense(plan, edit);
    return { plan, next: edited(plan, edit) };
  }
}

const LEAST_CENTS = 50;

const isSameOffer = (one: Pack, other: Pack): boolean =>
  one.amountCents === other.amountCents && one.quantity === other.quantity && one.currency === other.currency;

function refuseNonsense(plan: Plan, { prices = [], entitlements = [] }: Omit<EditPlanRequest, 'code'>): void {
  if (new Set(prices.map(({ interval }) => interval)).size < prices.length)
    throw new EditRefused({ field: 'prices', message: 'must hold each interval once' });
  if (new Set(prices.map(({ currency }) => currency)).size > 1)
    throw new EditRefused({ field: 'prices', message: 'must be in one currency' });
  for (const [at, { amountCents }] of prices.entries())
    if (amountCents > 0 && amountCents < LEAST_CENTS)
      throw new EditRefused({
        field: `prices.${at}.amountCents`,
        message: `must be 0 or at least ${LEAST_CENTS}: Stripe charges no less`,
      });
  if (new Set(entitlements.map(({ meter }) => meter)).size < entitlements.length)
    throw new EditRefused({ field: 'entitlements', message: 'must hold each meter once' });
  for (const [at, { meter }] of entitlements.entries()) {
    if (METER_LINE[meter] !== plan.productLine)
      throw new EditRefused({
        field: `entitlements.${at}.meter`,
        message: 'belongs to another product line',
      });
  }
}

function toPackResponse({ stripePriceId: _stripe, ...pack }: Pack): PackResponse {
  return pack;
}
