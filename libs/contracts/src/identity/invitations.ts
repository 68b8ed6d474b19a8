import { Email, Instant, Nested, OneOf, Text, Uuid } from '../fields';
import { PageRequest, pageOf } from '../page';
import { defineOperation, Nothing } from '../rpc';
import { TenantResponse } from './account';
import { GRANTABLE_ROLES, type GrantableRole } from './members';
import { SessionResponse } from './session';

/** Hashing the password of a new account may wait for its turn. */
const HASHING_TIMEOUT_MS = 15_000;

export class InvitationResponse {
  @Uuid() id: string;
  @Email({ example: 'marc@plomberie-tremblay.ca' }) email: string;
  @OneOf(GRANTABLE_ROLES) role: GrantableRole;
  @Uuid({ description: 'User who invited' }) invitedBy: string;
  @Instant() createdAt: string;
  @Instant({ description: 'Seven days after it was sent last' }) expiresAt: string;
}

export class InvitationPage extends pageOf(InvitationResponse) {}

export class CreateInvitationRequest {
  @Email({ example: 'marc@plomberie-tremblay.ca' }) email: string;
  @OneOf(GRANTABLE_ROLES) role: GrantableRole;
}

export class InvitationIdRequest {
  @Uuid() id: string;
}

export class InvitationTokenPath {
  @Text({ max: 128 }) token: string;
}

/** For people without an account; whoever is signed in sends neither. */
export class AcceptInvitationBody {
  @Text({ optional: true, max: 200, example: 'Marc Roy' }) name?: string;
  @Text({
    optional: true,
    min: 10,
    max: 128,
    description: 'Password of the new account',
    example: 'a long passphrase',
  })
  password?: string;
}

export class AcceptInvitationRequest extends AcceptInvitationBody {
  @Text({ max: 128 }) token: string;
}

export class AcceptInvitationResponse {
  @Nested(() => TenantResponse) tenant: TenantResponse;
  @Nested(() => SessionResponse, {
    nullable: true,
    description: 'Of a new account. null for who was signed in: POST /v1/auth/switch-tenant comes next',
  })
  session: SessionResponse | null;
}

/**
 * Mails a link with a token that nobody else ever sees, so that following it proves the mailbox. Inviting an address
 * again mails a new one with a new term; the old link is void.
 */
export const createInvitation = defineOperation({
  name: 'identity.invitations.create',
  service: 'identity',
  request: CreateInvitationRequest,
  response: InvitationResponse,
});

export const listInvitations = defineOperation({
  name: 'identity.invitations.list',
  service: 'identity',
  request: PageRequest,
  response: InvitationPage,
});

export const revokeInvitation = defineOperation({
  name: 'identity.invitations.revoke',
  service: 'identity',
  request: InvitationIdRequest,
  response: Nothing,
});

export const acceptInvitation = defineOperation({
  name: 'identity.invitations.accept',
  service: 'identity',
  request: AcceptInvitationRequest,
  response: AcceptInvitationResponse,
  timeoutMs: HASHING_TIMEOUT_MS,
});
