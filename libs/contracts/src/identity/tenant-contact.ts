import { Email, OneOf, Text, Uuid } from '../fields';
import { defineOperation, Nothing } from '../rpc';

/** Whom to write to about a tenant. Personal data: never to be logged. */
export class TenantContact {
  @Text({ max: 200 }) tenantName: string;
  @Uuid() userId: string;
  @Email() email: string;
  @Text({ max: 200 }) name: string;
  @OneOf(['en', 'fr'], { description: 'The person’s language' }) locale: 'en' | 'fr';
}

/** The owner of the caller’s tenant; 404 when there is none to write to. For jobs of other services. */
export const getTenantContact = defineOperation({
  name: 'identity.tenants.contact',
  service: 'identity',
  request: Nothing,
  response: TenantContact,
});
