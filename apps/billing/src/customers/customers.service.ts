import { Injectable, Logger } from '@nestjs/common';
import { isUuid } from '@parley/contracts';
import { Database } from '@parley/persistence';
import { StripeClient } from '../stripe/stripe.client';
import { StripeReader } from '../stripe/stripe.reader';
import { CustomerRepository } from './customer.repository';

/** One customer at Stripe per tenant, made when it is first needed. */
@Injectable()
export class Customers {
  private readonly logger = new Logger(Customers.name);

  constructor(
    private readonly database: Database,
    private readonly customers: CustomerRepository,
    private readonly stripe: StripeClient,
    private readonly reader: StripeReader,
  ) {}

  find(tenantId: string): Promise<string | undefined> {
    return this.database.forTenant(tenantId, () => this.customers.customerOf(tenantId));
  }

  /**
   * Who is about to buy. One that somebody deleted at Stripe is replaced. Two at once ask under one idempotency key; a
   * day later the first one stored still wins.
   */
  async of(tenantId: string): Promise<string> {
    const known = await this.find(tenantId);
    if (known && (await this.reader.isCustomer(known))) return known;
    const name = known ? `customer:${tenantId}:after:${known}` : `customer:${tenantId}`;
    const { id } = await this.stripe.ask((stripe) =>
      stripe.customers.create({ metadata: { tenantId } }, { idempotencyKey: name }),
    );
    return this.database.forTenant(tenantId, () =>
      known ? this.customers.replace(tenantId, known, id) : this.customers.keep(tenantId, id),
    );
  }

  /** @returns undefined for a customer that is nobody's here: the account may serve others as well */
  async tenantOf(customerId: string | null): Promise<string | undefined> {
    if (!customerId) return undefined;
    const known = await this.database.system('whose customer it is', () =>
      this.customers.tenantOf(customerId),
    );
    if (known) return known;
    const tenantId = await this.reader.tenantOnCustomer(customerId);
    if (!tenantId || !isUuid(tenantId)) return undefined;
    const kept = await this.database.forTenant(tenantId, () => this.customers.keep(tenantId, customerId));
    if (kept === customerId) return tenantId;
    this.logger.warn({ tenantId, customerId, kept }, 'a tenant has a second customer at Stripe');
    return undefined;
  }
}
