import { Inject, Injectable } from '@nestjs/common';
import {
  type CheckoutKind,
  type CheckoutSessionRequest,
  type CheckoutSessionResponse,
  type CreditPurchaseRequest,
  currentCaller,
  Invalid,
  NotFound,
  type PackKind,
  type TopupRequest,
} from '@parley/contracts';
import { Database } from '@parley/persistence';
import { CONFIG } from '@parley/platform';
import type Stripe from 'stripe';
import { PackUnknown, PlanUnknown } from '../catalogue/catalogue.errors';
import { CatalogueRepository, type Pack } from '../catalogue/catalogue.repository';
import type { Plan, Price } from '../catalogue/plan';
import type { BillingConfig } from '../config';
import { Customers } from '../customers/customers.service';
import { StripeClient } from '../stripe/stripe.client';
import { StripeCatalogue } from '../stripe/stripe-catalogue.service';
import { StripeObjects } from '../stripe/stripe-objects.service';
import { planMetadata, refOf } from '../stripe/subscription-metadata';
import { SubscriptionRepository } from '../subscriptions/subscription.repository';
import { tenantOfCaller } from '../tenant-of-caller';
import { NotForSale, PriceUnknown, SubscribedAlready, TrialUsed } from './checkout.errors';
import { ProductLines } from './product-lines';
import { ReturnUrls } from './return-urls';
import { SessionRepository, type SessionRow } from './session.repository';

const SUCCESS_PATH = '/billing?session={CHECKOUT_SESSION_ID}';
const CANCEL_PATH = '/billing';

interface Sold {
  readonly plan: Plan;
  readonly price: Price;
}

type Returns = Pick<CheckoutSessionRequest, 'successUrl' | 'cancelUrl'>;

/** Pages at Stripe where people pay. What comes of them is told by Stripe, or asked by `verify`. */
@Injectable()
export class Checkout {
  private readonly returns: ReturnUrls;

  constructor(
    @Inject(CONFIG) private readonly config: BillingConfig,
    private readonly database: Database,
    private readonly catalogue: CatalogueRepository,
    private readonly subscriptions: SubscriptionRepository,
    private readonly customers: Customers,
    private readonly stripe: StripeClient,
    private readonly stripeCatalogue: StripeCatalogue,
    private readonly sessions: SessionRepository,
    private readonly objects: StripeObjects,
    private readonly lines: ProductLines,
  ) {
    this.returns = new ReturnUrls(config.CHECKOUT_ORIGINS);
  }

  subscribe(request: CheckoutSessionRequest): Promise<CheckoutSessionResponse> {
    return this.subscribeTenant(tenantOfCaller(), request, 'subscription');
  }

  /** Pages of the same product line that were not paid are closed: two would make two subscriptions. */
  async subscribeTenant(
    tenantId: string,
    { priceCode, interval = 'month', trialDays = 0, ...urls }: CheckoutSessionRequest,
    kind: CheckoutKind,
  ): Promise<CheckoutSessionResponse> {
    const returns = this.returnsOf(urls);
    if (trialDays > this.config.TRIAL_DAYS_MAX)
      throw new Invalid('Invalid input: trialDays', [TRIAL_TOO_LONG]);
    if (trialDays > 0 && kind === 'subscription' && !this.config.TRIAL_PLANS.includes(priceCode))
      throw new Invalid('Invalid input: trialDays', [NO_TRIAL]);
    const wanted = () => this.priceOf(tenantId, priceCode, interval, trialDays > 0);
    const { plan } = await wanted();
    return this.lines.alone(tenantId, plan.productLine, `page:${refOf(plan)}`, async ({ customer }) =>
      this.openFor(tenantId, customer, await wanted(), kind, trialDays, returns),
    );
  }

  private async openFor(
    tenantId: string,
    customer: string,
    { plan, price }: Sold,
    kind: CheckoutKind,
    trialDays: number,
    returns: { success_url: string; cancel_url: string },
  ): Promise<CheckoutSessionResponse> {
    const items = await this.stripeCatalogue.itemsOf(plan, price);
    if (items.length === 0) throw new NotForSale(plan.code);
    const metadata = planMetadata(tenantId, plan);
    return this.open(tenantId, customer, kind, refOf(plan), {
      mode: 'subscription',
      line_items: items.map(({ price: id, metered }) => ({ price: id, ...(metered ? {} : { quantity: 1 }) })),
      metadata,
      subscription_data: { metadata, ...(trialDays > 0 ? trialOf(trialDays) : {}) },
      // Whoever tries by themselves leaves a card: trials without one would be free minutes for anybody.
      ...(kind === 'admin_link' && trialDays > 0
        ? { payment_method_collection: 'if_required' as const }
        : {}),
      ...returns,
    });
  }

  topup({ packCode, count, ...urls }: TopupRequest): Promise<CheckoutSessionResponse> {
    return this.buy(tenantOfCaller(), 'topup', { packCode }, count, urls);
  }

  credits({ packCode, credits, count, ...urls }: CreditPurchaseRequest): Promise<CheckoutSessionResponse> {
    if ((packCode === undefined) === (credits === undefined))
      throw new Invalid('Invalid input: packCode', [
        { field: 'packCode', message: 'or credits, one of both' },
      ]);
    return this.buy(tenantOfCaller(), 'credits', { packCode, credits }, count, urls);
  }

  async buyPack(tenantId: string, pack: Pack, kind: CheckoutKind, count = 1, urls: Returns = {}) {
    const returns = this.returnsOf(urls);
    const price = await this.stripeCatalogue.priceOfPack(pack);
    const bought = pack.kind === 'credits' ? 'credits' : 'topup';
    const metadata = { tenantId, kind: bought, pack: refOf(pack), count: String(count) };
    return this.open(tenantId, await this.customers.of(tenantId), kind, refOf(pack), {
      mode: 'payment',
      line_items: [{ price, quantity: count }],
      metadata,
      // Session metadata is not carried to the payment.
      payment_intent_data: { metadata },
      ...returns,
    });
  }

  /** Reads Stripe rather than trusting that somebody came back. */
  async verify(id: string): Promise<CheckoutSessionResponse> {
    const tenantId = tenantOfCaller();
    const known = await this.find(tenantId, id);
    await this.objects.apply('session', known.sessionId);
    return toCheckoutResponse(await this.find(tenantId, id));
  }

  private async find(tenantId: string, id: string): Promise<SessionRow> {
    const found = await this.database.forTenant(tenantId, () => this.sessions.find(tenantId, id));
    if (!found) throw new NotFound('There is no such checkout session');
    return found;
  }

  private async buy(
    tenantId: string,
    kind: 'topup' | 'credits',
    which: { packCode?: string | undefined; credits?: number | undefined },
    count: number | undefined,
    urls: Returns,
  ): Promise<CheckoutSessionResponse> {
    const packs = await this.database.forTenant(tenantId, () => this.catalogue.packs());
    const pack = packs.find(
      (each) =>
        isOfKind(each.kind, kind) &&
        each.isActive &&
        (which.packCode === undefined ? each.quantity === which.credits : each.code === which.packCode),
    );
    if (!pack) throw new PackUnknown(which.packCode ?? `of ${which.credits} credits`);
    return this.buyPack(tenantId, pack, kind, count, urls);
  }

  private async priceOf(
    tenantId: string,
    code: string,
    interval: Price['interval'],
    trial: boolean,
  ): Promise<Sold> {
    return this.database.forTenant(tenantId, async () => {
      const plan = await this.catalogue.find(code);
      if (!plan) throw new PlanUnknown(code);
      const price = plan.prices.find((each) => each.interval === interval);
      if (!price) throw new PriceUnknown(code);
      if (price.amountCents === 0) throw new NotForSale(code);
      const live = await this.subscriptions.live(tenantId);
      const held = live.find(
        ({ productLine, source }) => productLine === plan.productLine && source === 'stripe',
      );
      if (held) throw new SubscribedAlready(plan.productLine);
      if (trial && (await this.subscriptions.hadAny(tenantId, plan.productLine))) throw new TrialUsed();
      return { plan, price };
    });
  }

  private async open(
    tenantId: string,
    customer: string,
    kind: CheckoutKind,
    offer: string,
    session: Stripe.Checkout.SessionCreateParams,
  ): Promise<CheckoutSessionResponse> {
    const { requestId, userId = null } = currentCaller();
    const made = await this.stripe.ask((stripe) =>
      stripe.checkout.sessions.create(
        { ...session, customer, client_reference_id: tenantId },
        { idempotencyKey: `checkout:${tenantId}:${offer}:${requestId}`.slice(0, 255) },
      ),
    );
    const { id: sessionId, url, expires_at: expires } = made;
    const row = await this.database.forTenant(tenantId, () =>
      this.sessions.add({
        tenantId,
        userId,
        kind,
        offer,
        sessionId,
        url: url ?? '',
        expiresAt: new Date(expires * 1000),
      }),
    );
    return toCheckoutResponse(row);
  }

  private returnsOf({ successUrl, cancelUrl }: Returns): { success_url: string; cancel_url: string } {
    return {
      success_url: this.returns.allowed('successUrl', successUrl, SUCCESS_PATH),
      cancel_url: this.returns.allowed('cancelUrl', cancelUrl, CANCEL_PATH),
    };
  }
}

const TRIAL_TOO_LONG = { field: 'trialDays', message: 'is longer than trials may be' };

const NO_TRIAL = { field: 'trialDays', message: 'are for other plans' };

const trialOf = (days: number) => ({
  trial_period_days: days,
  trial_settings: { end_behavior: { missing_payment_method: 'cancel' as const } },
});

const isOfKind = (pack: PackKind, kind: 'topup' | 'credits'): boolean =>
  (pack === 'credits') === (kind === 'credits');

const toCheckoutResponse = ({ expiresAt, ...session }: SessionRow): CheckoutSessionResponse => ({
  ...session,
  expiresAt: expiresAt.toISOString(),
});
