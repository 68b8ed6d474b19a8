import { OmitType } from '@nestjs/swagger';
import { IsTimeZone } from 'class-validator';
import { Email, OneOf, Text, Uuid } from '../fields';
import { defineOperation } from '../rpc';
import { MeResponse } from './account';
import { GRANTABLE_ROLES, type GrantableRole } from './members';

/** Either a member of a tenant that exists (`tenantId`, `role`), or somebody with a tenant of their own. */
export class CreateAccountRequest {
  @Email({ example: 'elise@plomberie-tremblay.ca' }) email: string;
  @Text({ max: 200, pattern: /\S/, example: 'Élise Tremblay' }) name: string;
  @OneOf(['en', 'fr'], { optional: true, description: "The tenant's language by default, or the request's" })
  locale?: 'en' | 'fr';
  @Uuid({ optional: true, description: 'Tenant to join; a personal one by default' }) tenantId?: string;
  @OneOf(GRANTABLE_ROLES, { optional: true, description: 'In that tenant; user by default' })
  role?: GrantableRole;
  @Text({ optional: true, max: 200, description: 'Name of the business; names the personal tenant' })
  company?: string;
  /** Named zones only: PostgreSQL reads the sign of a bare offset the other way round. */
  @IsTimeZone()
  @Text({ optional: true, max: 64, pattern: /^[A-Za-z]/, example: 'America/Toronto' })
  timezone?: string;
  @Text({ optional: true, min: 2, max: 2, pattern: /^[A-Z]{2}$/, example: 'CA' }) country?: string;
}

export class CreatedAccountResponse extends OmitType(MeResponse, ['apiKeys'] as const) {}

/** Opens an account that counts as verified (C-07) and mails its holder a link to choose a password. */
export const createAccount = defineOperation({
  name: 'identity.accounts.create',
  service: 'identity',
  role: 'super_admin',
  request: CreateAccountRequest,
  response: CreatedAccountResponse,
});
