import { defineEvent } from '../event';
import { Instant, Int, Text, Texts } from '../fields';

/** What a tenant may use, all of it: an event replaces the one before. The tenant is in the envelope. */
export class EntitlementsChangedV1 {
  @Text({ optional: true, max: 64, description: 'The subscription it comes from, where there is one' })
  subscriptionId?: string;
  @Texts({ description: 'Codes of the plans that hold', example: ['voice.pro'] }) plans: string[];
  @Texts({ description: 'Modules the plans include', example: ['voice'] }) modules: string[];
  @Int({ nullable: true, min: 0, description: 'Members the tenant may have; null: as many as it likes' })
  seats: number | null;
  @Int({ min: 1, description: 'Rises with every change of a tenant; of two, the greater holds' })
  version: number;
  @Instant({ description: 'When it began to hold; never later than the event' }) effectiveAt: string;
}

export const entitlementsChangedV1 = defineEvent({
  type: 'billing.entitlements.changed.v1',
  producer: 'billing',
  description: 'The plans of a tenant include something else from now on.',
  payload: EntitlementsChangedV1,
  sample: {
    subscriptionId: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0031',
    plans: ['voice.pro'],
    modules: ['voice'],
    seats: 10,
    version: 3,
    effectiveAt: '2026-11-20T14:05:00.000Z',
  },
});
