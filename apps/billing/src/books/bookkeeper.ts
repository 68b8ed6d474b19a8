import { Injectable } from '@nestjs/common';
import { PastPeriods } from '../periods/past-periods';
import { PeriodKeeper } from '../periods/period-keeper';
import type { Books } from './books';
import { BooksRepository } from './books.repository';
import { BooksNews } from './books-news';
import { allOf, type Focus } from './focus';

/** One of several changes, perhaps of several tenants. */
export interface BooksChange {
  readonly tenantId: string;
  readonly focus: Focus;
  /** The event that led to it. */
  readonly causationId?: string;
  /** Wraps what is done for this change alone, such as whose name it is done in. */
  run<T>(work: () => Promise<T>): Promise<T>;
  decide(books: Books): void;
}

/** The one way to change a tenant's books: its changes stand in line, and what they mean is told with them. */
@Injectable()
export class Bookkeeper {
  constructor(
    private readonly repository: BooksRepository,
    private readonly periods: PeriodKeeper,
    private readonly past: PastPeriods,
    private readonly news: BooksNews,
  ) {}

  /**
   * Locks the books until the open transaction ends, lets `decide` change them, stores and tells. Joins the open
   * transaction of the tenant.
   * @param causationId the event that led to the change
   */
  async change<T>(
    tenantId: string,
    focus: Focus,
    causationId: string | undefined,
    decide: (books: Books) => T | Promise<T>,
  ): Promise<T> {
    const [books] = await this.repository.lock([{ tenantId, focus: allOf([{ focus }]) }]);
    if (!books) throw new Error('The books answered nothing');
    const result = await this.decideOne(books, focus, causationId, decide);
    await this.store([books]);
    return result;
  }

  /**
   * Several changes as if one came after another, in their order for each tenant: the tenants are locked at once, and
   * everything is stored at once. When one throws, none has happened. Joins the open transaction of those tenants.
   */
  async changeAll(changes: readonly BooksChange[]): Promise<void> {
    if (changes.length === 0) return;
    const tenants = new Map<string, BooksChange[]>();
    for (const change of changes)
      tenants.set(change.tenantId, [...(tenants.get(change.tenantId) ?? []), change]);
    const asked = [...tenants].map(([tenantId, own]) => ({ tenantId, focus: allOf(own) }));
    const locked = await this.repository.lock(asked);
    for (const books of locked) {
      for (const { focus, causationId, run, decide } of tenants.get(books.tenantId) ?? [])
        await run(() => this.decideOne(books, focus, causationId, decide));
    }
    await this.store(locked);
  }

  /** The books as they stand, to look at only. */
  peek(tenantId: string, focus: Focus = {}): Promise<Books> {
    return this.repository.peek({ tenantId, focus: allOf([{ focus }]) });
  }

  private async decideOne<T>(
    books: Books,
    focus: Focus,
    causationId: string | undefined,
    decide: (books: Books) => T | Promise<T>,
  ): Promise<T> {
    await this.periods.bringUpToDate(books, focus.meters ?? []);
    await this.past.place(books, focus);
    const result = await decide(books);
    books.expireDue();
    this.news.tell(books, causationId);
    return result;
  }

  private async store(books: readonly Books[]): Promise<void> {
    this.news.sendAfterCommit(books);
    await this.repository.save(books);
  }
}
