import { defineEvent } from '../event';
import { Email, HttpUrl, Instant, OneOf, Text, Uuid } from '../fields';
import { GRANTABLE_ROLES, type GrantableRole } from './members';

export class InvitationCreatedV1 {
  @Uuid() invitationId: string;
  @Email() email: string;
  @OneOf(GRANTABLE_ROLES) role: GrantableRole;
  @Text({ max: 200 }) tenantName: string;
  @Text({ max: 200 }) invitedByName: string;
  @OneOf(['en', 'fr'], { description: "The tenant's language; the invited person's is not known yet" })
  locale: 'en' | 'fr';
  @Instant() expiresAt: string;
  @HttpUrl({ optional: true, description: 'Never set: the mail alone carries the link' })
  link?: string;
}

export const invitationCreatedV1 = defineEvent({
  type: 'identity.invitation.created.v1',
  producer: 'identity',
  description:
    'Somebody was invited to a tenant, or again. The mail is asked for with identity.email.requested.',
  payload: InvitationCreatedV1,
  sample: {
    invitationId: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0013',
    email: 'marc@plomberie-tremblay.ca',
    role: 'user',
    tenantName: 'Plomberie Tremblay',
    invitedByName: 'Élise Tremblay',
    locale: 'fr',
    expiresAt: '2026-11-27T14:05:00.000Z',
  },
});
