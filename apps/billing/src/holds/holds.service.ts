import { Inject, Injectable } from '@nestjs/common';
import {
  currentCaller,
  type ExtendHoldRequest,
  holdOverdrawnV1,
  type HoldResponse,
  type PostHoldRequest,
  type TakeHoldRequest,
  type UsageMeter,
} from '@parley/contracts';
import { Outbox } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { CONFIG } from '@parley/platform';
import { Bookkeeper } from '../books/bookkeeper';
import type { Books } from '../books/books';
import type { Hold } from '../books/books.state';
import type { BillingConfig } from '../config';
import { Quotas } from '../quotas/quotas.service';
import { tenantOfCaller } from '../tenant-of-caller';
import { recordUsage } from '../usage/record-usage';
import { HoldClosed, HoldUnknown } from './hold.errors';
import { refusalOf } from './refusal';

/** A call with an open hold, and the minutes it has begun. */
export interface RunningCall {
  readonly source: string;
  readonly minutes: number;
}

/** Promises made before something runs, so that any number of starts at once cannot spend the same units. */
@Injectable()
export class HoldsService {
  constructor(
    @Inject(CONFIG) private readonly config: BillingConfig,
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly bookkeeper: Bookkeeper,
    private readonly quotas: Quotas,
  ) {}

  take({ source, meter, quantity, expiresInSeconds }: TakeHoldRequest): Promise<HoldResponse> {
    const { userId = null } = currentCaller();
    return this.change(source, [meter], async (books) => {
      const known = books.hold(source);
      if (known?.state === 'open') return known;
      // What was charged is charged once: a promise under its name would be for nothing.
      if (known && (known.meter !== meter || books.usage(meter, source))) throw new HoldClosed(known.state);
      await this.quotas.demand(books, meter, quantity, userId);
      const refusal = refusalOf(books, meter, quantity);
      if (refusal) throw refusal;
      const expiresAt = this.expiry(books, expiresInSeconds);
      return known
        ? books.reopen(known, quantity, expiresAt)
        : books.take(source, meter, quantity, expiresAt, { userId });
    });
  }

  extend({ source, quantity, expiresInSeconds }: ExtendHoldRequest): Promise<HoldResponse> {
    return this.change(source, [], async (books) => {
      const hold = known(books, source);
      if (hold.state !== 'open') throw new HoldClosed(hold.state);
      const more = quantity - hold.quantity;
      if (more > 0) await this.quotas.demand(books, hold.meter, more, hold.userId);
      const refusal = more > 0 ? refusalOf(books, hold.meter, more) : undefined;
      if (refusal) throw refusal;
      hold.expiresAt = this.expiry(books, expiresInSeconds);
      books.resize(hold, Math.max(quantity, hold.quantity));
      return hold;
    });
  }

  post({ source, quantity, seconds, occurredAt, description }: PostHoldRequest): Promise<HoldResponse> {
    return this.change(source, [], (books) => {
      const hold = known(books, source);
      const at = source.indexOf(':');
      recordUsage(books, {
        sourceType: source.slice(0, at),
        sourceId: source.slice(at + 1),
        version: 0,
        meter: hold.meter,
        quantity,
        ...(seconds === undefined ? {} : { rawSeconds: seconds }),
        userId: hold.userId,
        occurredAt: occurredAt ? new Date(occurredAt) : books.now,
        description: description ?? source.slice(0, at).replaceAll('_', ' '),
      });
      return hold;
    });
  }

  release(source: string): Promise<HoldResponse> {
    return this.change(source, [], (books) => {
      const hold = known(books, source);
      books.close(hold, 'released');
      return hold;
    });
  }

  /**
   * A call rings already: what does not cover it is told, and never keeps it from being answered. Who let it in is told
   * that it is counted, also when it ended before.
   */
  async callStarted(tenantId: string, callId: string, causationId: string): Promise<void> {
    const source = `call:${callId}`;
    const meter = 'voice_minutes';
    const wanted = this.config.CALL_HOLD_MINUTES;
    const focus = { sourceKey: source, meters: [meter] as const };
    await this.bookkeeper.change(tenantId, focus, causationId, async (books) => {
      books.countStart(callId);
      if (books.hold(source) || books.usage(meter)) return;
      const overdrawn = refusalOf(books, meter, wanted) !== undefined;
      const available = Math.min(books.available(meter), Number.MAX_SAFE_INTEGER);
      books.take(source, meter, overdrawn ? 0 : wanted, this.expiry(books), { overdrawn });
      if (!overdrawn) return;
      const publication = { subject: callId, tenantId, causationId };
      await this.outbox.add(holdOverdrawnV1, { source, meter, wanted, available }, publication);
    });
  }

  /**
   * What a running call has used by now is promised as well, whatever is left: it will be billed whole (C-22), and until
   * then nobody else may start on it.
   */
  async callsRun(tenantId: string, running: readonly RunningCall[]): Promise<void> {
    const changes = running.map(({ source, minutes }) => ({
      tenantId,
      focus: { sourceKey: source },
      run: <T>(work: () => Promise<T>) => work(),
      decide: (books: Books): void => {
        const hold = books.hold(source);
        if (hold?.state === 'open' && hold.quantity < minutes) books.resize(hold, minutes);
      },
    }));
    await this.database.forTenant(tenantId, () => this.bookkeeper.changeAll(changes));
  }

  private async change(
    source: string,
    meters: readonly UsageMeter[],
    decide: (books: Books) => Hold | Promise<Hold>,
  ): Promise<HoldResponse> {
    const tenantId = tenantOfCaller();
    const focus = { sourceKey: source, naturalKeys: [`${source}:usage`], meters };
    return this.database.tenant(async () => {
      const hold = await this.bookkeeper.change(tenantId, focus, undefined, decide);
      return toHoldResponse(hold);
    });
  }

  private expiry(books: Books, seconds = this.config.HOLD_SECONDS): Date {
    return new Date(books.now.getTime() + seconds * 1_000);
  }
}

function known(books: Books, source: string): Hold {
  const hold = books.hold(source);
  if (!hold) throw new HoldUnknown();
  return hold;
}

const toHoldResponse = ({ sourceKey, meter, quantity, state, overdrawn, expiresAt }: Hold): HoldResponse => ({
  source: sourceKey,
  meter,
  quantity,
  state,
  overdrawn,
  expiresAt: expiresAt.toISOString(),
});
