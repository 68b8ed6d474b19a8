import { byTenant, byUser, kept, type PersonalRows, type PersonalTable } from '@parley/platform';
import { ACT_WITHOUT_PERSON, ACTS_OF_PERSON } from './audit-rows';

const PERSON = `(SELECT u.email FROM users u WHERE u.id = $1::uuid)`;

const WITHOUT_PLACE = {
  set: 'ip = NULL, user_agent = NULL',
  done: 't.ip IS NULL AND t.user_agent IS NULL',
};

/** That somebody acted as the person stays, with its ids and times; why was told in free words. */
const WITHOUT_REASON = {
  set: `reason = 'erased with its subject'`,
  done: `t.reason = 'erased with its subject'`,
};

/** Where a super admin acted from is theirs to know, not the person's they acted as. */
const SESSION_OF_PERSON: PersonalRows = {
  row: `CASE WHEN t.impersonator_id IS NULL OR t.impersonator_id = $1::uuid THEN to_jsonb(t)
    ELSE to_jsonb(t) - '{ip,user_agent,place}'::text[] END`,
  where: 't.user_id = $1::uuid OR t.impersonator_id = $1::uuid',
  erase: 'delete',
};

const SEALED = ['key_id', 'wrapped_key', 'sealed'];

const REMOVED = { set: `status = 'removed'`, done: `t.status = 'removed'` };

/** The person's id is what remains of them: random, the same everywhere, and nothing leads from it to anybody. */
const NOBODY = {
  set: `status = 'deleted', email = 'erased-' || gen_random_uuid() || '@erased.invalid', name = 'Erased person', phone_e164 = NULL,
    auth_provider = 'email', password_hash = NULL, email_verified_at = NULL, suspended_reason = NULL, last_login_at = NULL,
    platform_role = 'user', updated_at = now()`,
  done: `t.status = 'deleted' AND t.email LIKE 'erased-%@erased.invalid'`,
};

const NO_TENANT = {
  set: `status = 'deleted', name = 'Erased', business_name = NULL, suspended_reason = NULL, updated_at = now(),
    slug = 'erased-' || replace(gen_random_uuid()::text, '-', '')`,
  done: `t.status = 'deleted' AND t.name = 'Erased'`,
};

/** People, companies and what binds them. `users` and `tenants` come last: rules before them look there. */
export const IDENTITY_DATA: readonly PersonalTable[] = [
  {
    table: 'audit_logs',
    secret: ['salt', 'personal_hash', 'hash'],
    tenant: { ...byTenant(), erase: ACT_WITHOUT_PERSON },
    user: ACTS_OF_PERSON,
  },
  {
    table: 'refresh_tokens',
    tenant: { ...byTenant(), exported: false },
    user: {
      where: 't.session_id IN (SELECT s.id FROM auth_sessions s WHERE s.user_id = $1::uuid)',
      exported: false,
      erase: 'delete',
    },
  },
  // Where people sign in from is theirs to know, not their company's.
  { table: 'auth_sessions', tenant: { ...byTenant(), exported: false }, user: SESSION_OF_PERSON },
  { table: 'mfa_totp', key: 't.user_id', secret: [...SEALED, 'last_step'], user: byUser() },
  { table: 'mfa_passkeys', secret: ['credential_id', 'public_key'], user: byUser() },
  { table: 'mfa_recovery_codes', user: { ...byUser(), exported: false } },
  { table: 'mfa_challenges', user: { ...byUser(), exported: false } },
  { table: 'oauth_accounts', user: byUser() },
  { table: 'oauth_states', user: { ...byUser(), exported: false } },
  { table: 'oauth_tickets', user: { ...byUser(), exported: false } },
  {
    table: 'user_provider_keys',
    key: `t.user_id::text || ':' || t.provider`,
    keyType: 'text',
    secret: SEALED,
    user: byUser(),
  },
  {
    table: 'impersonations',
    tenant: { ...byTenant(), erase: WITHOUT_REASON },
    user: { where: 't.user_id = $1::uuid OR t.impersonator_id = $1::uuid', erase: WITHOUT_REASON },
  },
  {
    table: 'onboarding_runs',
    tenant: byTenant(),
    // Runs of tenants that go on are theirs; of one that never came to be, the name of the company is the person's.
    user: {
      where: `t.owner_id = $1::uuid AND NOT EXISTS (SELECT FROM tenants x
        WHERE x.id = t.tenant_id AND x.status <> 'deleted')`,
      erase: 'delete',
    },
  },
  { table: 'verification_tokens', user: { ...byUser(), exported: false } },
  {
    table: 'login_attempts',
    keyType: 'bigint',
    user: { where: `t.user_id = $1::uuid OR t.email = ${PERSON}`, erase: 'delete' },
  },
  {
    table: 'login_guards',
    key: 't.email::text',
    keyType: 'text',
    user: { where: `t.email = ${PERSON}`, erase: 'delete' },
  },
  {
    table: 'login_door_guards',
    key: `t.email::text || ' ' || t.place`,
    keyType: 'text',
    user: { where: `t.email = ${PERSON}`, erase: 'delete' },
  },
  { table: 'known_devices', secret: ['token_hash'], user: byUser() },
  {
    table: 'api_keys',
    secret: ['secret_hash', 'previous_hash'],
    tenant: byTenant(),
    // A company's machines work with keys whoever made them; an id is all that says who.
    user: kept(byUser('created_by')),
  },
  {
    table: 'invitations',
    secret: ['token_hash'],
    tenant: byTenant(),
    user: { where: `t.accepted_by = $1::uuid OR t.email = ${PERSON}`, erase: 'delete' },
  },
  { table: 'tenant_settings', key: 't.tenant_id', tenant: byTenant() },
  { table: 'tenant_retention', key: 't.tenant_id', tenant: byTenant() },
  { table: 'consents', user: { ...byUser(), erase: WITHOUT_PLACE } },
  {
    table: 'privacy_requests',
    secret: ['contact_enc', 'certificate_hash', 'receipts', 'archive_key'],
    tenant: {
      where: `t.tenant_id = ANY($1::uuid[]) AND t.scope <> 'me'`,
      erase: { set: 'subject_phone = NULL', done: 't.subject_phone IS NULL' },
    },
    user: kept(byUser()),
    customer: {
      where: `t.tenant_id = $1::uuid AND t.subject_phone = $2 AND t.status NOT IN ('received', 'running')`,
      erase: { set: 'subject_phone = NULL', done: 't.subject_phone IS NULL' },
    },
  },
  {
    table: 'memberships',
    tenant: { ...byTenant(), erase: REMOVED },
    user: { ...byUser(), erase: REMOVED },
  },
  {
    table: 'users',
    secret: ['password_hash'],
    // Members keep their accounts when their company is erased; it knows of them what it sees anyway.
    tenant: kept({
      row: `jsonb_build_object('id', t.id, 'email', t.email, 'name', t.name, 'locale', t.locale)`,
      where: `t.id IN (SELECT m.user_id FROM memberships m
        WHERE m.tenant_id = ANY($1::uuid[]) AND m.status = 'active')`,
      erase: 'keep',
    }),
    user: { ...byUser('id'), erase: NOBODY },
  },
  { table: 'tenants', tenant: { ...byTenant('id'), erase: NO_TENANT } },
  { table: 'audit_heads', key: 't.chain', tenant: { ...kept(byTenant('chain')), exported: false } },
];
