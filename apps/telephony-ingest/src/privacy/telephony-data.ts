import { connectionChangedV1, newId, numberChangedV1 } from '@parley/contracts';
import {
  byTenant,
  type PersonalRows,
  type PersonalTable,
  type PrivacyParticipantOptions,
  type RetainedTable,
  tellsOfDigits,
} from '@parley/platform';

const isCustomers = (call: string): string =>
  `(${call}.phone_number = $2 OR (${call}.direction IS NULL AND $2 IN (${call}.from_number, ${call}.to_number)))`;

const CUSTOMERS_CALLS = `SELECT c.id FROM calls c WHERE c.tenant_id = $1::uuid AND ${isCustomers('c')}`;
const ofCustomersCalls: PersonalRows = {
  where: `t.tenant_id = $1::uuid AND t.call_id IN (${CUSTOMERS_CALLS})`,
  erase: 'delete',
};

/** That an event came stays, so that it cannot come again; what it said goes. */
const EMPTY_EVENT = {
  set: `body = '', headers = '{}', last_error = NULL, path = split_part(path, '?', 1),
    status = CASE WHEN status IN ('received', 'processing', 'deferred') THEN 'ignored' ELSE status END`,
  done: `octet_length(t.body) = 0 AND t.headers = '{}' AND t.last_error IS NULL`,
};

/** Twilio sends forms, where the plus of a number is escaped; Vapi sends JSON. Both hold the digits. */
const TELLS_OF_CUSTOMER = `(${tellsOfDigits(`encode(t.body, 'escape')`)}
  OR t.subject IN (SELECT c.provider_call_id FROM calls c WHERE c.tenant_id = $1::uuid AND ${isCustomers('c')}))`;

/** Everything said on a line and who said it. Opt-outs of customers stay: they must not be written to again. */
export const TELEPHONY_DATA: readonly PersonalTable[] = [
  {
    table: 'journal',
    row: `to_jsonb(t) - 'body' || jsonb_build_object('body', encode(t.body, 'base64'))`,
    secret: ['headers'],
    batch: 100,
    tenant: { ...byTenant(), erase: EMPTY_EVENT },
    customer: { where: `t.tenant_id = $1::uuid AND ${TELLS_OF_CUSTOMER}`, erase: EMPTY_EVENT },
  },
  { table: 'call_events', tenant: byTenant(), customer: ofCustomersCalls },
  {
    table: 'call_transcript_lines',
    key: `t.call_id::text || ':' || t.line_id`,
    keyType: 'text',
    tenant: byTenant(),
    customer: ofCustomersCalls,
  },
  {
    table: 'call_transcripts',
    row: `to_jsonb(t) - 'words'`,
    batch: 50,
    tenant: byTenant(),
    customer: ofCustomersCalls,
  },
  { table: 'call_recordings', files: 'storage_key', tenant: byTenant(), customer: ofCustomersCalls },
  {
    table: 'calls',
    tenant: byTenant(),
    customer: { where: `t.tenant_id = $1::uuid AND ${isCustomers('t')}`, erase: 'delete' },
  },
  {
    table: 'messages',
    tenant: byTenant(),
    customer: { where: `t.tenant_id = $1::uuid AND t.phone_e164 = $2`, erase: 'delete' },
  },
  {
    table: 'sms_opt_outs',
    tenant: byTenant(),
    customer: { where: `t.tenant_id = $1::uuid AND t.phone_e164 = $2`, erase: 'keep' },
  },
  { table: 'phone_numbers', tenant: byTenant() },
  { table: 'provider_connections', secret: ['secrets', 'previous_secrets'], tenant: byTenant() },
  {
    table: 'line_standings',
    key: `t.tenant_id::text || ':' || t.line_group`,
    keyType: 'text',
    tenant: byTenant(),
  },
  { table: 'call_starts', tenant: byTenant() },
  { table: 'tenant_standings', key: 't.tenant_id', tenant: byTenant() },
  { table: 'retention', key: 't.tenant_id', tenant: byTenant() },
  { table: 'tenants', tenant: byTenant('id') },
];

export const TELEPHONY_PRIVACY: PrivacyParticipantOptions = {
  service: 'telephony-ingest',
  tables: TELEPHONY_DATA,
  /** Edges forget lines and accounts that are gone. */
  afterErasure: async ({ wholeTenantIds }, outbox) => {
    for (const tenantId of wholeTenantIds) {
      await outbox.add(numberChangedV1, { numberId: newId() }, { subject: tenantId, tenantId });
      await outbox.add(
        connectionChangedV1,
        { connectionId: newId(), provider: 'twilio' },
        { subject: tenantId, tenantId },
      );
    }
  },
};

/** Longer than a reconciliation looks back. */
const DELETED_CALLS_DAYS = 400;

/** So long an event whose number nobody owned can still be given to who adds the number. */
const UNOWNED_DAYS = 30;

export const RETAINED: readonly RetainedTable[] = [
  {
    table: 'journal',
    days: UNOWNED_DAYS,
    since: 't.received_at',
    where: `t.tenant_id IS NULL AND octet_length(t.body) > 0 AND t.status IN ('processed', 'ignored', 'dead')`,
    set: `body = '', headers = '{}', last_error = NULL`,
    batch: 100,
  },
  {
    table: 'journal',
    days: 'calls_days',
    since: 't.received_at',
    where: `octet_length(t.body) > 0 AND t.status IN ('processed', 'ignored', 'dead')`,
    set: `body = '', headers = '{}', last_error = NULL`,
    batch: 100,
  },
  {
    table: 'calls',
    days: 'calls_days',
    since: 'coalesce(t.completed_at, t.updated_at)',
    files: { table: 'call_recordings', column: 'storage_key', owner: 'call_id' },
    batch: 100,
  },
  { table: 'messages', days: 'messages_days', since: 't.created_at' },
  { table: 'deleted_calls', days: DELETED_CALLS_DAYS, since: 't.deleted_at' },
  { table: 'call_starts', days: 1, since: 't.asked_at' },
];
