import { AsyncLocalStorage } from 'node:async_hooks';

/** Languages of user-facing texts. */
export type Locale = 'en' | 'fr';

export const IMPERSONATION_MODES = ['read', 'write'] as const;
/** `read`: only looks. */
export type ImpersonationMode = (typeof IMPERSONATION_MODES)[number];

export type Role = 'owner' | 'admin' | 'user' | 'super_admin';

/** `enrolled`: the person has a second factor. `due`: they have none although the tenant requires one. */
export type MfaStanding = 'enrolled' | 'due';

/**
 * Who is asking, on whose behalf. Crosses service borders in headers, never in payloads, and is held in an
 * async context so that a handler cannot run without one.
 */
export interface CallerContext {
  readonly requestId: string;
  readonly tenantId?: string;
  readonly userId?: string;
  readonly sessionId?: string;
  /** ISO instant at which the person last proved who they are; absent while a second factor is still missing. */
  readonly authenticatedAt?: string;
  readonly mfa?: MfaStanding;
  readonly roles: readonly Role[];
  /** The super admin acting as `userId`, when impersonating. */
  readonly impersonatorId?: string;
  /** The grant they act under; it ends before them. */
  readonly impersonationId?: string;
  readonly impersonationMode?: ImpersonationMode;
  readonly locale: Locale;
  /** Network address of the person, where the edge knows it. */
  readonly ip?: string;
  /** City and country of that address, where a trusted proxy says so. */
  readonly place?: string;
  /** What the caller's client calls itself, 256 characters of it; personal, so not for logs. */
  readonly userAgent?: string;
  /** The service token that asks, instead of a person. */
  readonly apiKeyId?: string;
  /** What that token is allowed; it has no roles. */
  readonly scopes?: readonly string[];
  /** What the client sent as Idempotency-Key: with tenant, actor and operation the natural key of the effect. */
  readonly idempotencyKey?: string;
  /** W3C trace context of the unit of work. */
  readonly traceparent?: string;
}

const store = new AsyncLocalStorage<CallerContext>();

/** Runs `work` as `context`; everything it awaits sees the same context. */
export function runAs<T>(context: CallerContext, work: () => T): T {
  return store.run(context, work);
}

/** The caller of the running unit of work. Throws outside one: that is a bug, not a refusal. */
export function currentCaller(): CallerContext {
  const context = store.getStore();
  if (!context) throw new Error('No caller context: wrap the work in runAs()');
  return context;
}

export function findCaller(): CallerContext | undefined {
  return store.getStore();
}

/** A context for work that nobody asked for: relays, schedules, start-up. */
export function systemCaller(requestId: string, tenantId?: string): CallerContext {
  return { requestId, roles: [], locale: 'en', ...(tenantId ? { tenantId } : {}) };
}

/** The super admin and the grant behind an act, which follow what it leads to: events, jobs, logs. */
export function impersonationOf(
  source: Pick<CallerContext, 'impersonatorId' | 'impersonationId'> = {},
): Pick<CallerContext, 'impersonatorId' | 'impersonationId'> {
  const { impersonatorId, impersonationId } = source;
  return {
    ...(impersonatorId ? { impersonatorId } : {}),
    ...(impersonationId ? { impersonationId } : {}),
  };
}

export type ContextHeaders = Record<string, string>;

const FIELDS = {
  requestId: 'x-request-id',
  tenantId: 'x-tenant-id',
  userId: 'x-user-id',
  sessionId: 'x-session-id',
  authenticatedAt: 'x-authenticated-at',
  mfa: 'x-mfa',
  impersonatorId: 'x-impersonator-id',
  impersonationId: 'x-impersonation-id',
  impersonationMode: 'x-impersonation-mode',
  ip: 'x-caller-ip',
  place: 'x-caller-place',
  userAgent: 'x-caller-agent',
  apiKeyId: 'x-api-key-id',
  idempotencyKey: 'x-idempotency-key',
  traceparent: 'traceparent',
} as const;

export function toContextHeaders(context: CallerContext): ContextHeaders {
  const headers: ContextHeaders = { 'x-locale': context.locale };
  if (context.roles.length > 0) headers['x-roles'] = context.roles.join(',');
  if (context.scopes) headers['x-scopes'] = context.scopes.join(',');
  for (const [field, header] of Object.entries(FIELDS)) {
    const value = context[field as keyof typeof FIELDS];
    if (value) headers[header] = value;
  }
  return headers;
}

export function fromContextHeaders(headers: Readonly<Record<string, unknown>>): CallerContext {
  const read = (name: string): string | undefined => {
    const value = headers[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const optional = Object.fromEntries(
    Object.entries(FIELDS).flatMap(([field, header]) => {
      const value = read(header);
      return value ? [[field, value]] : [];
    }),
  );
  const scopes = read('x-scopes')?.split(',');
  return {
    requestId: 'unknown',
    ...optional,
    ...(scopes ? { scopes } : {}),
    roles: (read('x-roles')?.split(',') ?? []) as Role[],
    locale: read('x-locale') === 'fr' ? 'fr' : 'en',
  };
}
