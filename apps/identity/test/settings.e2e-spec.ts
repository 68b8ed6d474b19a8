import {
  getSettings,
  putSettings,
  type TenantSettingsUpdatedV1,
  tenantSettingsUpdatedV1,
} from '@parley/contracts';
import { callerOf, type IdentityInTest, startIdentity } from './identity-in-test';

describe('settings', () => {
  let identity: IdentityInTest;
  beforeAll(async () => {
    identity = await startIdentity();
  });
  afterAll(async () => {
    await identity?.close();
  });

  it('have defaults until somebody changes them', async () => {
    const caller = callerOf(await identity.signUp());
    await expect(identity.ask(getSettings, {}, caller)).resolves.toMatchObject({
      postCallSmsEnabled: false,
      postCallSmsDelaySeconds: 60,
      businessHours: null,
      updatedAt: null,
    });
  });

  it('change field by field; null clears', async () => {
    const caller = callerOf(await identity.signUp());
    const businessHours = { monday: [{ opens: '08:00', closes: '17:00' }], sunday: [] };
    await identity.ask(putSettings, { postCallSmsEnabled: true, transferNumber: '(514) 555-0100' }, caller);
    const changed = await identity.ask(
      putSettings,
      { businessHours, googleReviewUrl: 'https://g.page/r/x' },
      caller,
    );
    expect(changed).toMatchObject({
      postCallSmsEnabled: true,
      transferNumber: '+15145550100',
      businessHours,
      googleReviewUrl: 'https://g.page/r/x',
      updatedBy: caller.userId,
    });
    const cleared = await identity.ask(putSettings, { transferNumber: null, businessHours: null }, caller);
    expect(cleared).toMatchObject({ transferNumber: null, businessHours: null, postCallSmsEnabled: true });
  });

  it('keep what two change at once', async () => {
    const caller = callerOf(await identity.signUp());
    await Promise.all([
      identity.ask(putSettings, { postCallSmsTemplate: 'Merci {{customer_name}}' }, caller),
      identity.ask(putSettings, { reviewRequestEnabled: true }, caller),
    ]);
    await expect(identity.ask(getSettings, {}, caller)).resolves.toMatchObject({
      postCallSmsTemplate: 'Merci {{customer_name}}',
      reviewRequestEnabled: true,
    });
  });

  it('tell everybody what they are now, in the order of their changes', async () => {
    const caller = callerOf(await identity.signUp());
    await Promise.all([
      identity.ask(putSettings, { postCallSmsTemplate: 'Merci' }, caller),
      identity.ask(putSettings, { transferNumber: '+15145550100', reviewRequestEnabled: true }, caller),
    ]);
    await expect(
      identity.ask(putSettings, { businessHours: { monday: [{ opens: '17:00', closes: '08:00' }] } }, caller),
    ).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
    const told = (await identity.published(tenantSettingsUpdatedV1.type))
      .filter(({ meta }) => meta.tenantId === caller.tenantId)
      .map(({ payload }) => payload as TenantSettingsUpdatedV1);
    expect(told.map(({ version }) => version)).toEqual([1, 2]);
    expect(told.map(({ changed }) => changed.sort()).sort()).toEqual([
      ['postCallSmsTemplate'],
      ['reviewRequestEnabled', 'transferNumber'],
    ]);
    expect(told.at(-1)).toMatchObject({
      tenantId: caller.tenantId,
      postCallSmsTemplate: 'Merci',
      transferNumber: '+15145550100',
      reviewRequestEnabled: true,
    });
  });

  it('are one tenant’s', async () => {
    const [mine, theirs] = [callerOf(await identity.signUp()), callerOf(await identity.signUp())];
    await identity.ask(putSettings, { postCallSmsTemplate: 'secret of theirs' }, theirs);
    await identity.ask(putSettings, { postCallSmsDelaySeconds: 5 }, mine);
    await expect(identity.ask(getSettings, {}, mine)).resolves.toMatchObject({
      postCallSmsTemplate: null,
      postCallSmsDelaySeconds: 5,
    });
    await expect(identity.ask(getSettings, {}, theirs)).resolves.toMatchObject({
      postCallSmsDelaySeconds: 60,
    });
  });

  it.each([
    ['a number that is none', { transferNumber: '12' }, 'transferNumber'],
    ['a script as address', { googleReviewUrl: 'javascript:alert(1)' }, 'googleReviewUrl'],
    [
      'hours that end before they begin',
      { businessHours: { monday: [{ opens: '17:00', closes: '08:00' }] } },
      'businessHours.monday.0',
    ],
    [
      'a clock nobody has',
      { businessHours: { monday: [{ opens: '25:00', closes: '26:00' }] } },
      'businessHours.monday.0.opens',
    ],
  ])('refuse %s', async (_case, changes, field) => {
    const caller = callerOf(await identity.signUp());
    await expect(identity.ask(putSettings, changes, caller)).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      details: expect.arrayContaining([expect.objectContaining({ field })]) as unknown,
    });
  });
});
