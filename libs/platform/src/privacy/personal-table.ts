import type { PrivacyRequestedV1 } from '@parley/contracts';

/** Which rows of a table are somebody's, and what becomes of them. */
export interface PersonalRows {
  /** SQL over the table as `t`; its parameters say the kind: see PersonalTable. */
  where: string;
  /** Left out of exports where false: traces of the machinery, doubles of other rows. */
  exported?: boolean;
  /** The row as it is exported to this kind of asker; the table's by default. */
  row?: string;
  /** `set` makes rows nobody's where they must stay; rows for which `done` holds are so already. */
  erase: 'delete' | 'keep' | { set: string; done: string };
}

/** What one table holds of people. Rows that others refer to come after those others. */
export interface PersonalTable {
  table: string;
  /** Orders the rows and is unique among them; `id` by default. */
  key?: string;
  keyType?: 'uuid' | 'text' | 'bigint';
  /** The row as it is exported, as JSON; all columns by default. */
  row?: string;
  /** Columns that nobody is shown: secrets and their hashes. */
  secret?: readonly string[];
  /** Rows read at once; fewer where rows are large. */
  batch?: number;
  /** Column with keys of files that go with their rows. */
  files?: string;
  /** Rows of tenants that are exported or erased whole; `$1` is a `uuid[]` of them. */
  tenant?: PersonalRows;
  /** Rows of one person; `$1` is the user's id. */
  user?: PersonalRows;
  /** Rows about a tenant's customer; `$1` is the tenant's id, `$2` the phone in E.164. */
  customer?: PersonalRows;
}

export const byTenant = (column = 'tenant_id'): PersonalRows => ({
  where: `t.${column} = ANY($1::uuid[])`,
  erase: 'delete',
});

export const byUser = (column = 'user_id'): PersonalRows => ({
  where: `t.${column} = $1::uuid`,
  erase: 'delete',
});

/** Rows that are handed out, and stay: they hold no personal field. */
export const kept = (rows: PersonalRows): PersonalRows => ({ ...rows, erase: 'keep' });

/** A digit that ends an escape (of forms, JSON, `encode(…, 'escape')`) is no part of the number behind it. */
const NO_DIGIT = String.raw`(^|[^0-9]|%[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|\\[0-7]{3})`;

/** SQL: whether `text` tells of the customer's phone `$2`, and not of a longer one that has it in it. */
export const tellsOfPhone = (text: string, before = '[+]'): string =>
  `(position(substr($2, 2) IN ${text}) > 0 AND ${text} ~ ('${before}' || substr($2, 2) || '([^0-9]|$)'))`;

/** The same where the plus may be escaped or missing. */
export const tellsOfDigits = (text: string): string => tellsOfPhone(text, NO_DIGIT);

/** Events that could not be handled or published carry what their tenant did. */
export const KIT_TABLES: readonly PersonalTable[] = ['dead_letters', 'outbox_dead'].map((table) => ({
  table,
  tenant: { ...byTenant(), exported: false },
  user: { where: `t.payload ->> 'userId' = $1::text`, exported: false, erase: 'delete' as const },
  customer: {
    where: `t.tenant_id = $1::uuid AND ${tellsOfPhone('t.payload::text')}`,
    exported: false,
    erase: 'delete' as const,
  },
}));

export type Subject = Pick<PrivacyRequestedV1, 'scope' | 'tenantId' | 'userId' | 'phone' | 'wholeTenantIds'>;

/** One table's rows of one kind of belonging. */
export interface Step {
  table: PersonalTable;
  rows: PersonalRows;
  parameters: readonly unknown[];
}

export function stepsOf(tables: readonly PersonalTable[], subject: Subject): Step[] {
  const { wholeTenantIds, userId, phone, tenantId } = subject;
  const steps = (rowsOf: (table: PersonalTable) => PersonalRows | undefined, parameters: unknown[]): Step[] =>
    tables.flatMap((table) => {
      const rows = rowsOf(table);
      return rows ? [{ table, rows, parameters }] : [];
    });
  return [
    ...(wholeTenantIds.length > 0 ? steps(({ tenant }) => tenant, [wholeTenantIds]) : []),
    ...(userId ? steps(({ user }) => user, [userId]) : []),
    ...(phone ? steps(({ customer }) => customer, [tenantId, phone]) : []),
  ];
}
