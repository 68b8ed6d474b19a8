import { Inject, Injectable } from '@nestjs/common';
import { AppError, newId, type ProductLine } from '@parley/contracts';
import { Database } from '@parley/persistence';
import { CONFIG } from '@parley/platform';
import type { BillingConfig } from '../config';
import { BeingSubscribed } from './checkout.errors';

/** Requests to Stripe that one act may wait for. */
const REQUESTS = 4;

/**
 * One act at a time decides what a tenant has of a product line at Stripe. A claim ends with its act; one whose process
 * died, or whom Stripe did not answer, ends by itself when nothing of it can be on its way any more. Until then only the
 * same offer may be tried again, as the same request to Stripe.
 */
@Injectable()
export class LineClaims {
  private readonly seconds: number;

  constructor(
    @Inject(CONFIG) { STRIPE_TIMEOUT_MS, STRIPE_MAX_RETRIES }: BillingConfig,
    private readonly database: Database,
  ) {
    this.seconds = Math.ceil((STRIPE_TIMEOUT_MS * (STRIPE_MAX_RETRIES + 1) * REQUESTS) / 1000);
  }

  /** @throws BeingSubscribed while another act holds the line */
  async holding<T>(
    tenantId: string,
    productLine: ProductLine,
    offer: string,
    act: (attemptId: string) => Promise<T>,
  ): Promise<T> {
    const holder = newId();
    const attemptId = await this.claim(tenantId, productLine, offer, holder);
    if (!attemptId) throw new BeingSubscribed();
    try {
      const result = await act(attemptId);
      await this.release(tenantId, holder);
      return result;
    } catch (error) {
      await (isVerdict(error) ? this.release(tenantId, holder) : this.leaveOpen(tenantId, holder));
      throw error;
    }
  }

  private claim(tenantId: string, line: ProductLine, offer: string, holder: string) {
    return this.database.forTenant(tenantId, async () => {
      const [claimed] = await this.database.query<{ attemptId: string }>(
        `INSERT INTO subscription_claims AS c (tenant_id, product_line, offer, holder, attempt_id, held_until)
         VALUES ($1, $2, $3, $4, $4, now() + $5 * interval '1 second')
         ON CONFLICT (tenant_id, product_line) DO UPDATE SET offer = excluded.offer, holder = excluded.holder,
           -- Stripe keeps a failure under its key as well: what is surely over is asked anew.
           attempt_id = CASE WHEN c.held_until > now() THEN c.attempt_id ELSE excluded.attempt_id END,
           unanswered = false, held_until = excluded.held_until
         WHERE c.held_until <= now() OR (c.unanswered AND c.offer = excluded.offer)
         RETURNING attempt_id AS "attemptId"`,
        [tenantId, line, offer, holder, this.seconds],
      );
      return claimed?.attemptId;
    });
  }

  private async release(tenantId: string, holder: string): Promise<void> {
    await this.database.forTenant(tenantId, () =>
      this.database.execute('DELETE FROM subscription_claims WHERE tenant_id = $1 AND holder = $2', [
        tenantId,
        holder,
      ]),
    );
  }

  private async leaveOpen(tenantId: string, holder: string): Promise<void> {
    await this.database.forTenant(tenantId, () =>
      this.database.execute(
        'UPDATE subscription_claims SET unanswered = true WHERE tenant_id = $1 AND holder = $2',
        [tenantId, holder],
      ),
    );
  }
}

/** Whether it is known what became of the act: Stripe refused it, or we did. */
const isVerdict = (error: unknown): boolean =>
  error instanceof AppError && error.kind !== 'unavailable' && error.kind !== 'timeout';
