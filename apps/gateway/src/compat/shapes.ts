import type { Shape } from './compat-routes';
import { isObject, type Json, type JsonObject } from './letter-case';

const objectAt = (from: JsonObject, field: string): JsonObject => {
  const value = from[field];
  return isObject(value) ? value : {};
};

/** A page under the design's name for what it lists. */
export const listAs =
  (name: string, item: Shape = (row) => row): Shape =>
  ({ data, nextCursor = null }) => ({
    [name]: Array.isArray(data) ? data.map((row) => (isObject(row) ? item(row) : row)) : [],
    nextCursor,
  });

/** 001's User, beside what we say of people (REQUIREMENTS 3.10). */
export const userOf001: Shape = (user) => ({
  ...user,
  isActive: user['status'] === 'active',
  authProvider: user['authProvider'] ?? 'email',
});

/** What 001 and 003 show of a person: their models' fields, and no more as ours grow. */
const PERSON = [
  'id',
  'email',
  'emailVerified',
  'name',
  'phone',
  'status',
  'locale',
  'createdAt',
  'updatedAt',
];

const personIn = (user: JsonObject): JsonObject =>
  Object.fromEntries(PERSON.flatMap((field) => (field in user ? [[field, user[field] ?? null]] : [])));

/** 001's profile: the User alone, with the credits of the tenant. */
export const profileOf001: Shape = (me) => {
  const { isActive, authProvider } = userOf001(objectAt(me, 'user')) as JsonObject;
  return {
    ...personIn(objectAt(me, 'user')),
    isActive: isActive ?? null,
    authProvider: authProvider ?? null,
    credits: objectAt(me, 'credits')['balance'] ?? null,
  };
};

/** What a plan costs nobody; it is no subscription here. */
const FREE = { plan: 'sales.free', status: 'active', currentPeriodStart: null, currentPeriodEnd: null };

/** 000's and 003's one subscription, the first of ours or the free plan, with what it opens and what was used. */
export const subscriptionStatus: Shape = ({ subscriptions = [], entitlements = null, usage = null }) => {
  const first = Array.isArray(subscriptions) ? subscriptions[0] : undefined;
  const held = isObject(first) ? first : FREE;
  const { plan, status, currentPeriodStart: start, currentPeriodEnd: end } = held;
  return {
    plan: plan ?? null,
    status: status ?? null,
    period: { start: start ?? null, end: end ?? null },
    trial: { active: status === 'trialing', end: objectOrEmpty(held)['trialEnd'] ?? null },
    entitlements,
    usage,
    subscriptions,
  };
};

/** The superset that `/auth/register` and `/auth/login` answer (C-10). */
export const sharedSession: Shape = (session) => ({
  ...session,
  user: userOf001(objectAt(session, 'user')),
});

/** 003's users have one role and one company; an owner is its admin (C-02). */
function userOf003(user: JsonObject, tenant: JsonObject): JsonObject {
  const role =
    user['platformRole'] === 'super_admin' ? 'super_admin' : (tenant['role'] ?? user['role'] ?? 'user');
  return {
    ...personIn(user),
    role: role === 'owner' ? 'admin' : role,
    companyId: tenant['id'] ?? user['tenantId'] ?? null,
  };
}

export const profileOf003: Shape = (me) => userOf003(objectAt(me, 'user'), objectAt(me, 'tenant'));

export const listedUserOf003: Shape = (user) => userOf003(user, {});

export const sessionOf003: Shape = ({ user, tenant, ...tokens }) => ({
  ...tokens,
  user: userOf003(objectOrEmpty(user), objectOrEmpty(tenant)),
  company: companyOf003(objectOrEmpty(tenant)),
});

const companyOf003 = ({ role: _role, ...company }: JsonObject): JsonObject => company;

const objectOrEmpty = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});

/** 004's opening hours: one span a day, or closed. */
export const settingsOf004: Shape = (settings) => ({
  ...settings,
  businessHours: isObject(settings['businessHours']) ? spansOf004(settings['businessHours']) : null,
});

export const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

/** The first opening to the last closing: 004 has no breaks. */
function spansOf004(week: JsonObject): JsonObject {
  return Object.fromEntries(
    DAYS.map((day) => {
      const spans = (Array.isArray(week[day]) ? week[day] : []).filter(isObject);
      const [first, last] = [spans[0], spans.at(-1)];
      return [
        day,
        { open: first?.['opens'] ?? null, close: last?.['closes'] ?? null, closed: spans.length === 0 },
      ];
    }),
  );
}

/** Days that come in 004's form in ours; any other value is for validation to judge. */
export function settingsFrom004(body: JsonObject): JsonObject {
  const week = body['businessHours'];
  if (!isObject(week)) return body;
  const days = Object.entries(week).map(([day, hours]): [string, Json] => {
    if (!isObject(hours)) return [day, hours];
    const { open = null, close = null, closed = false, ...unknown } = hours;
    return [day, closed === true ? [] : [{ opens: open, closes: close, ...unknown }]];
  });
  return { ...body, businessHours: Object.fromEntries(days) };
}
