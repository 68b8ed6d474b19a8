import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { StripeReceivedV1 } from '@parley/contracts';
import { Jobs } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { applyStripeObject, type ApplyStripeObject, queueOf } from './stripe-jobs';
import { StripeEventRepository } from './stripe-event.repository';
import { StripeObjects } from './stripe-objects.service';
import { customerIn, rootOf } from './stripe-roots';

/**
 * An event only says that something changed. What it is now is asked of Stripe by a job and applied as a whole, so
 * doubled, late and shuffled events end in the same state.
 */
@Injectable()
export class StripeEvents implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
    private readonly events: StripeEventRepository,
    private readonly objects: StripeObjects,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(applyStripeObject, (object) => this.apply(object));
  }

  /** Joins the transaction of the event, which is nobody’s. */
  async receive(event: StripeReceivedV1): Promise<void> {
    const root = rootOf(event);
    const customerId = customerIn(event.object);
    if (!(await this.events.add(event, root?.id ?? null, customerId)) || !root) return;
    await this.jobs.enqueue(applyStripeObject, root, {
      key: `stripe:${root.kind}:${root.id}`,
      ...queueOf(customerId),
    });
  }

  private async apply({ kind, id }: ApplyStripeObject): Promise<void> {
    const waiting = await this.database.system('what Stripe told', () => this.events.waitingFor(id));
    const { outcome, tenantId } = await this.objects.apply(kind, id);
    await this.database.system('what became of it', () => this.events.settle(waiting, outcome, tenantId));
  }
}
