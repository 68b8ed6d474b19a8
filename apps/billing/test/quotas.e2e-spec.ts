import {
  type CallerContext,
  extendHold,
  getOwnQuotas,
  listQuotas,
  newId,
  type Operation,
  postHold,
  setQuota,
  takeHold,
  verifyLedger,
} from '@parley/contracts';
import { aCaller, type TestDatabase } from '@parley/testing';
import { billingDatabase, Replica, tenantCreated } from './running-billing';

const METER = 'practice_minutes' as const;

describe('quotas', () => {
  let database: TestDatabase;
  let billing: Replica;
  let second: Replica;
  let tenantId: string;

  beforeAll(async () => {
    database = await billingDatabase();
    billing = await Replica.start(database, { FREE_CREDITS: '1000' });
    second = await Replica.start(database, { FREE_CREDITS: '1000' });
  });
  afterAll(async () => {
    await billing?.close();
    await second?.close();
    await database?.remove();
  });
  beforeEach(async () => {
    tenantId = newId();
    await billing.deliver(tenantCreated(tenantId));
  });

  const as = <Request extends object, Response extends object>(
    fields: Partial<CallerContext>,
    operation: Operation<Request, Response>,
    request: Request,
    replica = billing,
  ): Promise<Response> => replica.askAs(aCaller({ tenantId, ...fields }), operation, request);
  const giveCompany = (totalMinutes: number | null) =>
    as({ roles: ['super_admin'] }, setQuota, { tenantId, totalMinutes });
  const giveUser = (userId: string, totalMinutes: number | null) =>
    as({ roles: ['admin'] }, setQuota, { userId, totalMinutes });
  const aSource = () => `practice_session:${newId()}`;
  const practise = (userId: string, quantity: number, source = aSource(), replica = billing) =>
    as({ userId, roles: ['user'] }, takeHold, { source, meter: METER, quantity }, replica);
  const own = async (userId: string) =>
    (await as({ userId, roles: ['user'] }, getOwnQuotas, {})).quotas.map(
      ({ level, usedMinutes, heldMinutes, remainingMinutes }) => ({
        level,
        usedMinutes,
        heldMinutes,
        remainingMinutes,
      }),
    );

  it('stop a user at their own before the company’s, and say which', async () => {
    const userId = newId();
    await giveCompany(100);
    await giveUser(userId, 10);
    await practise(userId, 10);
    await expect(practise(userId, 1)).rejects.toMatchObject({
      status: 402,
      code: 'USAGE_EXCEEDED',
      details: { quota: 'user', totalMinutes: 10, heldMinutes: 10, remainingMinutes: 0 },
    });
  });

  it('of a company stop all its users together', async () => {
    await giveCompany(10);
    await practise(newId(), 6);
    await expect(practise(newId(), 5)).rejects.toMatchObject({
      code: 'USAGE_EXCEEDED',
      details: { quota: 'company' },
    });
    await practise(newId(), 4);
  });

  it('count what was used for both once it is posted, more than was held too', async () => {
    const userId = newId();
    await giveCompany(100);
    await giveUser(userId, 50);
    const source = aSource();
    await practise(userId, 10, source);
    await as({ userId }, postHold, { source, quantity: 12, seconds: 700 });
    expect(await own(userId)).toEqual(
      expect.arrayContaining([
        { level: 'user', usedMinutes: 12, heldMinutes: 0, remainingMinutes: 38 },
        { level: 'company', usedMinutes: 12, heldMinutes: 0, remainingMinutes: 88 },
      ]),
    );
  });

  it('bind what grows while it runs', async () => {
    const userId = newId();
    await giveCompany(100);
    await giveUser(userId, 10);
    const source = aSource();
    await practise(userId, 4, source);
    await as({ userId }, extendHold, { source, quantity: 10 });
    await expect(as({ userId }, extendHold, { source, quantity: 11 })).rejects.toMatchObject({
      code: 'USAGE_EXCEEDED',
      details: { quota: 'user' },
    });
  });

  it('let no number of starts at once through together', async () => {
    const userId = newId();
    await giveCompany(100);
    await giveUser(userId, 10);
    const started = await Promise.allSettled(
      Array.from({ length: 24 }, (_each, at) => practise(userId, 3, aSource(), at % 2 ? billing : second)),
    );
    expect(started.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
  });

  it('of users never promise more than their company has', async () => {
    const [one, other] = [newId(), newId()];
    await giveCompany(100);
    await giveUser(one, 60);
    await expect(giveUser(other, 41)).rejects.toMatchObject({
      status: 409,
      details: { allocatedMinutes: 101 },
    });
    await expect(giveUser(other, 40)).resolves.toMatchObject({ allocatedMinutes: 100 });
    await expect(giveCompany(99)).rejects.toMatchObject({ status: 409 });
    await expect(giveUser(one, 60)).resolves.toMatchObject({ allocatedMinutes: 100 });
  });

  it('of two admins who give away the same minutes at once, one is refused', async () => {
    await giveCompany(100);
    const given = await Promise.allSettled(
      [billing, second].map((replica) =>
        as({ roles: ['admin'] }, setQuota, { userId: newId(), totalMinutes: 60 }, replica),
      ),
    );
    expect(given.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('can be taken away again', async () => {
    const userId = newId();
    await giveCompany(10);
    await giveCompany(null);
    await practise(userId, 50);
    expect(await own(userId)).toEqual([]);
  });

  it('are set by those who may', async () => {
    const userId = newId();
    await expect(as({ roles: ['owner'] }, setQuota, { totalMinutes: 5 })).rejects.toMatchObject({
      status: 403,
    });
    await expect(as({ roles: ['user'] }, setQuota, { userId, totalMinutes: 5 })).rejects.toMatchObject({
      status: 403,
    });
    const foreign = { tenantId: newId(), userId, totalMinutes: 5 };
    await expect(as({ roles: ['owner'] }, setQuota, foreign)).rejects.toMatchObject({ status: 403 });
    await expect(
      as({ roles: ['super_admin'] }, setQuota, { tenantId: newId(), totalMinutes: 5 }),
    ).rejects.toMatchObject({ status: 404 });
    await expect(as({ roles: ['owner'] }, listQuotas, { tenantId: newId() })).rejects.toMatchObject({
      status: 403,
    });
  });

  it('are listed newest first, page by page', async () => {
    const users = [newId(), newId(), newId()];
    for (const [at, userId] of users.entries()) await giveUser(userId, at + 1);
    const first = await as({ roles: ['admin'] }, listQuotas, { limit: 2 });
    const rest = await as({ roles: ['admin'] }, listQuotas, { limit: 2, cursor: first.nextCursor ?? '' });
    expect([...first.data, ...rest.data].map(({ userId }) => userId)).toEqual([...users].reverse());
    expect(rest.nextCursor).toBeNull();
  });

  it('leave books that are sound', async () => {
    await expect(billing.askAsPlatform(verifyLedger, {})).resolves.toMatchObject({ sound: true });
  });
});
