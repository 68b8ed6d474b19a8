import type { PersonalRows } from '@parley/platform';

const acts = (where: string): string => `SELECT a.id FROM audit_logs a WHERE ${where}`;
const on = (types: string, ids: string): string =>
  acts(`a.resource_type = ANY('{${types}}') AND a.resource_id = ANY(ARRAY(${ids}))`);

/**
 * Acts by the person, on the person, or in their name, and invitations to their address, which may be older than the
 * account. By ids and the one field that is an address: names are anybody's, and texts say anything. Each way is a
 * look-up in an index; gathered first, so that no plan reads the trail of everybody.
 */
const OF_PERSON = `t.id = ANY(ARRAY(${[
  acts('a.actor_user_id = $1::uuid'),
  acts('a.impersonator_id = $1::uuid'),
  acts(`a.impersonation_id = ANY(ARRAY(SELECT i.id FROM impersonations i WHERE i.user_id = $1::uuid))`),
  on('user,member,mfa', 'SELECT $1::uuid::text'),
  on('mfa', 'SELECT p.id::text FROM mfa_passkeys p WHERE p.user_id = $1::uuid'),
  on('session', 'SELECT s.id::text FROM auth_sessions s WHERE s.user_id = $1::uuid'),
  on('onboarding', 'SELECT r.id::text FROM onboarding_runs r WHERE r.owner_id = $1::uuid'),
  acts(`a.resource_type = 'invitation' AND lower(coalesce(a.after ->> 'email', a.before ->> 'email'))
    = (SELECT lower(u.email::text) FROM users u WHERE u.id = $1::uuid)`),
].join(' UNION ')}))`;

/** The act and the ids stay; the salt goes too, so that nothing can be guessed from the hash (audit-chain.ts). */
export const ACT_WITHOUT_PERSON = {
  set: 'ip = NULL, user_agent = NULL, before = NULL, after = NULL, salt = NULL',
  done: 't.salt IS NULL',
};

/** Where somebody else acted from is theirs to know. */
export const ACTS_OF_PERSON: PersonalRows = {
  row: `CASE WHEN coalesce(t.impersonator_id, t.actor_user_id, $1::uuid) = $1::uuid THEN to_jsonb(t)
    ELSE to_jsonb(t) - '{ip,user_agent}'::text[] END`,
  where: OF_PERSON,
  erase: ACT_WITHOUT_PERSON,
};
