import { type MeterLimit, PLAN_METERS, type ProductLine, type UsageMeter } from '@parley/contracts';
import { type Entitlement, entitlementWith, METER_LINE, type Plan } from '../catalogue/plan';
import type { ModuleOverride } from '../modules/module-override.repository';
import { calendarMonth, type Window } from '../periods/windows';
import { type HeldPlan, includesNow, windowOf } from './subscription';

/** What holds for one meter, and in which stretch of time. */
export interface MeterTerms {
  readonly entitlement: Entitlement;
  readonly window: Window;
  readonly subscriptionId: string | null;
}

/** What a tenant's plans, or the free one where there is none, say. */
export class Terms {
  private readonly lines = new Map<ProductLine, HeldPlan>();

  constructor(
    held: readonly HeldPlan[],
    private readonly free: Plan | undefined,
    private readonly now: Date,
    readonly overrides: readonly ModuleOverride[] = [],
  ) {
    for (const each of held) {
      if (includesNow(each.subscription, now)) this.lines.set(each.plan.productLine, each);
    }
  }

  of(meter: UsageMeter): MeterTerms {
    const line = METER_LINE[meter];
    const held = line ? this.lines.get(line) : undefined;
    const plan = held?.plan ?? (line === this.free?.productLine ? this.free : undefined);
    const entitlement = plan?.entitlements.find((each) => each.meter === meter);
    return {
      entitlement: entitlement ?? entitlementWith({ meter, included: 0 }),
      window: held ? windowOf(held.subscription, this.now) : calendarMonth(this.now),
      subscriptionId: held?.subscription.id ?? null,
    };
  }

  get plans(): Plan[] {
    const held = [...this.lines.values()].map(({ plan }) => plan);
    return this.free && !this.lines.has(this.free.productLine) ? [this.free, ...held] : held;
  }

  /** What the plans open, and what administrators opened or closed beside them. */
  get modules(): string[] {
    const opened = new Set<string>(this.plans.flatMap(({ modules }) => modules));
    for (const { module, allowed } of this.overrides) {
      if (allowed) opened.add(module);
      else opened.delete(module);
    }
    return [...opened].sort();
  }

  /** The most any plan that is held says, else the free one; plans that say nothing leave it to the others. */
  get seats(): number | null {
    const held = [...this.lines.values()].map(({ plan }) => plan);
    if (held.length === 0) return this.free?.seats ?? null;
    const stated = held.flatMap(({ seats }) => (seats === null ? [] : [seats]));
    return stated.length > 0 ? Math.max(...stated) : null;
  }

  get proceduresVisible(): number | null {
    return (this.lines.get('sales')?.plan ?? this.free)?.proceduresVisible ?? null;
  }

  get limits(): MeterLimit[] {
    return PLAN_METERS.map((meter) => ({ meter, included: this.of(meter).entitlement.included }));
  }
}
