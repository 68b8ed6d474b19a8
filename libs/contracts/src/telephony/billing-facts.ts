import { Instant, Int, ListOf, Text, Texts, Uuid } from '../fields';
import { defineOperation } from '../rpc';

/** What a call costs, as the service that owns calls knows it now. */
export class CallBillingFacts {
  @Uuid() callId: string;
  @Uuid() tenantId: string;
  @Int({ min: 0, description: 'Started minutes' }) billedMinutes: number;
  @Int({ min: 0 }) durationSeconds: number;
  @Int({ min: 0, nullable: true }) providerCostCents: number | null;
  @Int({ min: 0, description: 'As in `telephony.call.enriched.v1`' }) version: number;
  @Instant() endedAt: string;
  @Instant({ description: 'When its end was told' }) announcedAt: string;
  @Instant({ description: 'When it last changed; what changed just now may still be on its way' })
  updatedAt: string;
}

export class CallBillingFactsRequest {
  @Instant({ optional: true, description: 'Calls whose end was told from then on' }) announcedFrom?: string;
  @Instant({ optional: true, description: 'and before then' }) announcedBefore?: string;
  @Texts({ optional: true, max: 500, description: 'These calls, whenever they ended; instead of a window' })
  callIds?: string[];
  @Int({ optional: true, min: 1, max: 1_000 }) limit?: number;
  @Text({ optional: true, max: 512 }) cursor?: string;
}

export class CallBillingFactsPage {
  @ListOf(() => CallBillingFacts) data: CallBillingFacts[];
  @Texts({ max: 500, description: 'Of the calls asked for, those that were: deleted since' })
  deletedCallIds: string[];
  @Text({ nullable: true, max: 512 }) nextCursor: string | null;
}

/** All tenants’ calls, oldest first, for billing’s reconciliation; calls that are not over are left out. */
export const callBillingFacts = defineOperation({
  name: 'telephony.calls.billing-facts',
  service: 'telephony-ingest',
  role: 'super_admin',
  request: CallBillingFactsRequest,
  response: CallBillingFactsPage,
  timeoutMs: 30_000,
});
