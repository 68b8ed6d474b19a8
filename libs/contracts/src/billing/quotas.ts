import { Instant, Int, ListOf, OneOf, Uuid } from '../fields';
import { PageRequest, pageOf } from '../page';
import { defineOperation, Nothing } from '../rpc';

/** Meters whose use is somebody's: calls are nobody's in particular. */
export const QUOTA_METERS = ['practice_minutes'] as const;
export type QuotaMeter = (typeof QUOTA_METERS)[number];

export const QUOTA_LEVELS = ['user', 'company'] as const;
export type QuotaLevel = (typeof QUOTA_LEVELS)[number];

/** How much of a meter a company or one of its users may use per period, whatever plan and credits would pay. */
export class QuotaResponse {
  @Uuid() id: string;
  @Uuid() tenantId: string;
  @Uuid({ nullable: true, description: 'Null: the company’s' }) userId: string | null;
  @OneOf(QUOTA_METERS) meter: QuotaMeter;
  @Int({ min: 0 }) totalMinutes: number;
  @Int({ min: 0, description: 'In the meter’s open period' }) usedMinutes: number;
  @Int({ min: 0, description: 'Promised to what runs' }) heldMinutes: number;
  @Int({ min: 0 }) remainingMinutes: number;
  @Uuid({ nullable: true, description: 'Who set it last' }) allocatedBy: string | null;
  @Instant() updatedAt: string;
}

export class QuotaPage extends pageOf(QuotaResponse) {}

export class SetQuotaRequest {
  @Uuid({ optional: true, description: 'Another tenant than the caller’s: super admins only' })
  tenantId?: string;
  @Uuid({
    optional: true,
    description: 'A member; without one the quota is the company’s: super admins only',
  })
  userId?: string;
  @OneOf(QUOTA_METERS, { optional: true, description: '`practice_minutes` by default' }) meter?: QuotaMeter;
  @Int({ min: 0, max: 100_000_000, nullable: true, description: 'Per period; null takes the quota away' })
  totalMinutes: number | null;
}

export class QuotaSet {
  @Uuid() tenantId: string;
  @Uuid({ nullable: true }) userId: string | null;
  @OneOf(QUOTA_METERS) meter: QuotaMeter;
  @Int({ min: 0, nullable: true, description: 'Null: there is none any more' }) totalMinutes: number | null;
  @Int({ min: 0, description: 'Of the company’s quota, what its users’ quotas take' })
  allocatedMinutes: number;
}

export class ListQuotasRequest extends PageRequest {
  @Uuid({ optional: true, description: 'Of one tenant; other than the caller’s: super admins only' })
  tenantId?: string;
}

export class OwnQuota {
  @OneOf(QUOTA_METERS) meter: QuotaMeter;
  @OneOf(QUOTA_LEVELS) level: QuotaLevel;
  @Int({ min: 0 }) totalMinutes: number;
  @Int({ min: 0 }) usedMinutes: number;
  @Int({ min: 0 }) heldMinutes: number;
  @Int({ min: 0 }) remainingMinutes: number;
  @Instant() periodStart: string;
  @Instant({ description: 'When counting starts anew' }) periodEnd: string;
}

export class OwnQuotas {
  @ListOf(() => OwnQuota, { max: 10, description: 'The caller’s own and the company’s; none: not limited' })
  quotas: OwnQuota[];
}

/** 409 when users’ quotas together would be more than their company’s. */
export const setQuota = defineOperation({
  name: 'billing.quotas.set',
  service: 'billing',
  request: SetQuotaRequest,
  response: QuotaSet,
});

export const listQuotas = defineOperation({
  name: 'billing.quotas.list',
  service: 'billing',
  request: ListQuotasRequest,
  response: QuotaPage,
});

export const getOwnQuotas = defineOperation({
  name: 'billing.quotas.own',
  service: 'billing',
  request: Nothing,
  response: OwnQuotas,
});
