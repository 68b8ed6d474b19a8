import { Injectable } from '@nestjs/common';
import { PeriodKeeper } from '../periods/period-keeper';
import type { Books } from './books';
import { BooksRepository, type Focus } from './books.repository';
import { BooksNews } from './books-news';

/** The one way to change a tenant's books: its changes stand in line, and what they mean is told with them. */
@Injectable()
export class Bookkeeper {
  constructor(
    private readonly repository: BooksRepository,
    private readonly periods: PeriodKeeper,
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
    const books = await this.repository.lock(tenantId, focus);
    await this.periods.bringUpToDate(books, focus.meters ?? []);
    const result = await decide(books);
    books.expireDue();
    this.news.tell(books, causationId);
    await this.repository.save(books);
    return result;
  }

  /** The books as they stand, to look at only. */
  peek(tenantId: string, focus: Focus = {}): Promise<Books> {
    return this.repository.peek(tenantId, focus);
  }
}
