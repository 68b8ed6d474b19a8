import { Controller } from '@nestjs/common';
import {
  getOwnQuotas,
  listQuotas,
  type ListQuotasRequest,
  type Nothing,
  type OwnQuotas,
  type QuotaPage,
  type QuotaSet,
  setQuota,
  type SetQuotaRequest,
} from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { Quotas } from './quotas.service';

@Controller()
export class QuotasController {
  constructor(private readonly quotas: Quotas) {}

  @Handles(setQuota)
  set(request: SetQuotaRequest): Promise<QuotaSet> {
    return this.quotas.set(request);
  }

  @Handles(listQuotas)
  list(request: ListQuotasRequest): Promise<QuotaPage> {
    return this.quotas.list(request);
  }

  @Handles(getOwnQuotas)
  own(_request: Nothing): Promise<OwnQuotas> {
    return this.quotas.own();
  }
}
