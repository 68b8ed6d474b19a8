import { Controller, Inject } from '@nestjs/common';
import {
  type AuditEntry,
  endImpersonation,
  getImpersonation,
  Impersonation,
  ImpersonationIdRequest,
  ImpersonationPage,
  ImpersonationToken,
  listAllImpersonations,
  ListAllImpersonationsRequest,
  listImpersonationActs,
  ListImpersonationActsRequest,
  listImpersonations,
  ListImpersonationsRequest,
  Nothing,
  type Page,
  recordImpersonationAct,
  RecordImpersonationActRequest,
  startImpersonation,
  StartImpersonationRequest,
} from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { ImpersonationActs } from './impersonation-acts.service';
import { ImpersonationList } from './impersonation-list.service';
import { ImpersonationService } from './impersonation.service';

@Controller()
export class ImpersonationController {
  constructor(
    @Inject(ImpersonationService) private readonly impersonations: ImpersonationService,
    @Inject(ImpersonationList) private readonly lists: ImpersonationList,
    @Inject(ImpersonationActs) private readonly acts: ImpersonationActs,
  ) {}

  @Handles(startImpersonation)
  start(request: StartImpersonationRequest): Promise<ImpersonationToken> {
    return this.impersonations.start(request);
  }

  @Handles(listAllImpersonations)
  listAll(request: ListAllImpersonationsRequest): Promise<ImpersonationPage> {
    return this.lists.ofPlatform(request);
  }

  @Handles(getImpersonation)
  get({ id }: ImpersonationIdRequest): Promise<Impersonation> {
    return this.lists.one(id);
  }

  @Handles(endImpersonation)
  end({ id }: ImpersonationIdRequest): Promise<Impersonation> {
    return this.impersonations.end(id);
  }

  @Handles(listImpersonations)
  list(request: ListImpersonationsRequest): Promise<ImpersonationPage> {
    return this.lists.ofTenant(request);
  }

  @Handles(listImpersonationActs)
  listActs(request: ListImpersonationActsRequest): Promise<Page<AuditEntry>> {
    return this.lists.acts(request);
  }

  @Handles(recordImpersonationAct)
  async record(request: RecordImpersonationActRequest): Promise<Nothing> {
    await this.acts.record(request);
    return {};
  }
}
