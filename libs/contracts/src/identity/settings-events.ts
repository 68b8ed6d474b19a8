import { OmitType } from '@nestjs/swagger';
import { defineEvent } from '../event';
import { Int, Texts, Uuid } from '../fields';
import { SettingsResponse } from './settings';

/** All settings as they are now, so that nobody has to ask. */
export class TenantSettingsUpdatedV1 extends OmitType(SettingsResponse, ['updatedBy', 'updatedAt'] as const) {
  @Uuid() tenantId: string;
  @Texts({ description: 'Names of the fields that the change was about' }) changed: string[];
  @Int({ min: 1, description: 'Rises with every change; of two, the greater holds' }) version: number;
}

export const tenantSettingsUpdatedV1 = defineEvent<TenantSettingsUpdatedV1>({
  type: 'identity.tenant-settings.updated.v1',
  producer: 'identity',
  description:
    'A tenant changed its settings (BR-109): what is sent after calls, opening hours, where calls go.',
  payload: TenantSettingsUpdatedV1,
  sample: {
    tenantId: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0010',
    postCallSmsEnabled: true,
    postCallSmsTemplate: 'Merci {{customer_name}}',
    postCallSmsDelaySeconds: 60,
    reviewRequestEnabled: false,
    reviewRequestTemplate: null,
    googleReviewUrl: null,
    businessHours: { monday: [{ opens: '08:00', closes: '17:00' }] },
    transferNumber: '+15145550100',
    changed: ['postCallSmsEnabled', 'postCallSmsTemplate'],
    version: 2,
  },
});
