import { IsTimeZone } from 'class-validator';
import { OneOf, Text, Uuid } from '../fields';
import { defineOperation } from '../rpc';
import { TenantResponse } from './account';
import { SessionResponse } from './session';

export class CreateTenantRequest {
  @Text({ max: 200, example: 'Plomberie Tremblay' }) name: string;
  @Text({ optional: true, max: 200, description: 'The name by default', example: 'Plomberie Tremblay' })
  businessName?: string;
  @OneOf(['en', 'fr'], { optional: true, description: "The owner's language by default" }) locale?:
    'en' | 'fr';
  /** Named zones only: PostgreSQL reads the sign of a bare offset the other way round. */
  @IsTimeZone()
  @Text({ optional: true, max: 64, pattern: /^[A-Za-z]/, example: 'America/Toronto' })
  timezone?: string;
  @Text({ optional: true, min: 2, max: 2, pattern: /^[A-Z]{2}$/, example: 'CA' }) country?: string;
}

/** A field left out stays as it is. The slug never changes: paths and webhooks are built from it. */
export class UpdateTenantRequest {
  @Text({ optional: true, max: 200, pattern: /\S/ }) name?: string;
  @Text({ optional: true, nullable: true, max: 200, pattern: /\S/ }) businessName?: string | null;
  @OneOf(['en', 'fr'], { optional: true }) locale?: 'en' | 'fr';
  @IsTimeZone()
  @Text({ optional: true, max: 64, pattern: /^[A-Za-z]/, example: 'America/Toronto' })
  timezone?: string;
  @Text({ optional: true, min: 2, max: 2, pattern: /^[A-Z]{2}$/, example: 'CA' }) country?: string;
}

export class SwitchTenantRequest {
  @Uuid() tenantId: string;
}

/** Opens a further company; the caller owns it. */
export const createTenant = defineOperation({
  name: 'identity.tenants.create',
  service: 'identity',
  request: CreateTenantRequest,
  response: TenantResponse,
});

/** Renames the caller's tenant, or says where it is. */
export const updateTenant = defineOperation({
  name: 'identity.tenants.update',
  service: 'identity',
  request: UpdateTenantRequest,
  response: TenantResponse,
});

/** Exchanges the caller's session for one in another tenant of theirs. */
export const switchTenant = defineOperation({
  name: 'identity.session.switch-tenant',
  service: 'identity',
  request: SwitchTenantRequest,
  response: SessionResponse,
});
