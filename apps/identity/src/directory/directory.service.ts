import { Inject, Injectable } from '@nestjs/common';
import {
  DEFAULT_PAGE_SIZE,
  type ListedTenantPage,
  type ListedUserPage,
  type ListTenantsRequest,
  type ListUsersRequest,
  toPage,
} from '@parley/contracts';
import { Database } from '@parley/persistence';
import { idBefore } from '../id-page';
import { toListedTenant, toListedUser } from './directory-views';
import { DirectoryRepository } from './directory.repository';

@Injectable()
export class DirectoryService {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(DirectoryRepository) private readonly directory: DirectoryRepository,
  ) {}

  async tenants(request: ListTenantsRequest): Promise<ListedTenantPage> {
    const { limit = DEFAULT_PAGE_SIZE, cursor } = request;
    const window = { before: idBefore(cursor), limit };
    const rows = await this.db.system('directory', () => this.directory.tenants(request, window));
    return toPage(rows, limit, toListedTenant, ({ id }) => [id]);
  }

  async users(request: ListUsersRequest): Promise<ListedUserPage> {
    const { limit = DEFAULT_PAGE_SIZE, cursor } = request;
    const window = { before: idBefore(cursor), limit };
    const rows = await this.db.system('directory', () => this.directory.users(request, window));
    return toPage(rows, limit, toListedUser, ({ id }) => [id]);
  }
}
