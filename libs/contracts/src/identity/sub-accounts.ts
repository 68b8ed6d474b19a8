import { Instant, Int, OneOf, Text, Uuid } from '../fields';
import { PageRequest, pageOf } from '../page';
import { defineOperation } from '../rpc';
import { SuspensionBody, TENANT_STATUSES, type TenantStatus } from './directory';
import { CreateTenantRequest } from './tenants';

/** A client's tenant as its agency sees it. It has no owner of its own: the agency's owner and admins run it. */
export class SubAccount {
  @Uuid({ description: 'For POST /v1/auth/switch-tenant' }) id: string;
  @Text({ max: 64 }) slug: string;
  @Text({ max: 200 }) name: string;
  @OneOf(TENANT_STATUSES) status: TenantStatus;
  @Text({ nullable: true, max: 500, description: "Of the agency's own suspension" })
  suspendedReason: string | null;
  @Int({ nullable: true, min: 1 }) seatLimit: number | null;
  @Int({ min: 0, description: 'Members of its own' }) memberCount: number;
  @Instant() createdAt: string;
}

export class SubAccountPage extends pageOf(SubAccount) {}

export class SubAccountIdRequest {
  @Uuid() id: string;
}

export class SuspendSubAccountRequest extends SuspensionBody {
  @Uuid() id: string;
}

export class CreateSubAccountRequest extends CreateTenantRequest {}

export const createSubAccount = defineOperation({
  name: 'identity.sub-accounts.create',
  service: 'identity',
  request: CreateSubAccountRequest,
  response: SubAccount,
});

export const listSubAccounts = defineOperation({
  name: 'identity.sub-accounts.list',
  service: 'identity',
  request: PageRequest,
  response: SubAccountPage,
});

/** Ends every session in it. */
export const suspendSubAccount = defineOperation({
  name: 'identity.sub-accounts.suspend',
  service: 'identity',
  request: SuspendSubAccountRequest,
  response: SubAccount,
});

/** Not after a suspension by the platform. */
export const reactivateSubAccount = defineOperation({
  name: 'identity.sub-accounts.reactivate',
  service: 'identity',
  request: SubAccountIdRequest,
  response: SubAccount,
});
