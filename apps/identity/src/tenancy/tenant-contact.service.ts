import { Inject, Injectable } from '@nestjs/common';
import { currentCaller, Forbidden, NotFound, type TenantContact } from '@parley/contracts';
import { Database } from '@parley/persistence';
import { TenantContactRepository } from './tenant-contact.repository';

/** Whom other services' jobs write to about a tenant. */
@Injectable()
export class TenantContactService {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(TenantContactRepository) private readonly contacts: TenantContactRepository,
  ) {}

  /** @throws NotFound when the tenant is gone or nobody owns it */
  async ofCallersTenant(): Promise<TenantContact> {
    const { tenantId, userId } = currentCaller();
    if (userId) throw new Forbidden('Members look at their members instead');
    const contact = tenantId
      ? await this.db.system('whom to write to about a tenant', () => this.contacts.find(tenantId))
      : undefined;
    if (!contact) throw new NotFound('Nobody owns this tenant');
    return contact;
  }
}
