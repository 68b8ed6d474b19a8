import { Inject, Injectable } from '@nestjs/common';
import { ADAPTERS } from '../providers/adapters';
import { TenantResolver } from '../tenancy/tenant-resolver';
import type { JournalRowDetail } from './journal.repository';

/** Whose an event is that nobody owned when it came: its number may have been added since. */
@Injectable()
export class OwnerFinder {
  constructor(@Inject(TenantResolver) private readonly resolver: TenantResolver) {}

  async ownerOf({ provider, path, contentType, body }: JournalRowDetail): Promise<string | undefined> {
    const request = { method: 'POST', path, headers: { 'content-type': contentType }, body };
    const { evidence } = ADAPTERS[provider].read(request, undefined);
    return (await this.resolver.candidates(provider, evidence, NO_CLAIMS)).ownerId;
  }
}

const NO_CLAIMS = { connectionId: undefined, tenantName: undefined };
