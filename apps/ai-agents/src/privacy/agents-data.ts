import { byTenant, byUser, kept, type PersonalTable, type RetainedTable } from '@parley/platform';

const MESSAGE = `to_jsonb(t) - 'search'`;

const answers = { table: 'messages', row: MESSAGE, batch: 100 };
const isAnswer = 't.reply_to IS NOT NULL';

/** Answers refer to questions, and so go first. Usage stays: it is what was paid for, and says nothing. */
export const AGENTS_DATA: readonly PersonalTable[] = [
  {
    ...answers,
    tenant: { ...byTenant(), where: `${byTenant().where} AND ${isAnswer}` },
    user: { ...byUser(), where: `${byUser().where} AND ${isAnswer}` },
  },
  {
    ...answers,
    tenant: { ...byTenant(), where: `${byTenant().where} AND NOT (${isAnswer})` },
    user: { ...byUser(), where: `${byUser().where} AND NOT (${isAnswer})` },
  },
  { table: 'conversations', tenant: byTenant(), user: byUser() },
  { table: 'personas', tenant: byTenant() },
  { table: 'ai_requests', tenant: kept(byTenant()), user: kept(byUser()) },
  { table: 'retention', key: 't.tenant_id', tenant: byTenant() },
];

/** What somebody deleted can be brought back for so long, by hand. */
const DELETED_DAYS = 30;

export const RETAINED: readonly RetainedTable[] = [
  {
    table: 'conversations',
    days: DELETED_DAYS,
    since: 't.deleted_at',
    children: [{ table: 'messages', owner: 'conversation_id' }],
    batch: 50,
  },
  {
    table: 'conversations',
    days: 'conversations_days',
    since: 't.active_at',
    where: `NOT EXISTS (SELECT FROM messages m WHERE m.conversation_id = t.id AND m.status = 'streaming')`,
    children: [{ table: 'messages', owner: 'conversation_id' }],
    batch: 50,
  },
];
