import { defineEvent } from '../event';
import { Int, Text, Uuid } from '../fields';

export class CreditsChangedV1 {
  @Int({ description: 'Positive when granted, negative when spent' }) amount: number;
  @Int() balance: number;
  @Text({ max: 40 }) kind: string;
  @Uuid({ nullable: true }) callId: string | null;
}

export const creditsChangedV1 = defineEvent({
  type: 'billing.credits.changed.v1',
  producer: 'billing',
  description: 'The credit balance of a tenant moved.',
  payload: CreditsChangedV1,
  sample: { amount: -3, balance: 12, kind: 'usage', callId: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0001' },
});

export class CreditsLowV1 {
  @Int() balance: number;
  @Int({ min: 0, description: 'The balance under which credits are low' }) threshold: number;
}

export const creditsLowV1 = defineEvent({
  type: 'billing.credits.low.v1',
  producer: 'billing',
  description: 'The balance fell under the threshold. Once until it is refilled.',
  payload: CreditsLowV1,
  sample: { balance: 4, threshold: 5 },
});
