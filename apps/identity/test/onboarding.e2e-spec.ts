import {
  billingOnboardingStepV1,
  type CallerContext,
  getOnboarding,
  getOwnOnboarding,
  getSettings,
  listOnboardings,
  login,
  newId,
  onboardingRequestedV1,
  type OnboardingRun,
  putSettings,
  resetPassword,
  type SessionResponse,
  startOnboarding,
  type StartOnboardingRequest,
  tenantCreatedV1,
} from '@parley/contracts';
import { eventually } from '@parley/testing';
import { anEmail, callerOf, type IdentityInTest, PASSWORD, startIdentity } from './identity-in-test';
import { statusesOf, superAdmin, tokenMailedTo } from './members-in-test';

describe('quick onboarding', () => {
  let identity: IdentityInTest;
  let root: Partial<CallerContext>;
  beforeAll(async () => {
    identity = await startIdentity();
    root = await superAdmin(identity);
  });
  afterAll(async () => {
    await identity?.close();
  });

  const start = (fields: Partial<StartOnboardingRequest> = {}): Promise<OnboardingRun> =>
    identity.ask(
      startOnboarding,
      {
        owner: { email: anEmail(), name: 'Élise Tremblay' },
        company: { name: 'Plomberie Tremblay', locale: 'fr', timezone: 'America/Toronto' },
        planCode: 'voice.pro',
        ...fields,
      },
      root,
    );
  const stepsOf = async (id: string) =>
    (await identity.ask(getOnboarding, { id }, root)).steps.map(({ name, state }) => `${name} ${state}`);
  const OWN = ['account done', 'tenant done', 'settings done'];

  const signInAsOwner = async (email: string): Promise<SessionResponse> => {
    const token = await tokenMailedTo(identity, email, 'set_password');
    await identity.ask(resetPassword, { token, password: PASSWORD });
    return identity.ask(login, { email, password: PASSWORD });
  };

  it('makes account, tenant and settings, and asks the others for the rest', async () => {
    const email = anEmail();
    const run = await start({
      owner: { email, name: 'Élise Tremblay' },
      settings: { transferNumber: '+15145550100', reviewRequestEnabled: true },
    });
    expect(run).toMatchObject({
      status: 'running',
      companyName: 'Plomberie Tremblay',
      planCode: 'voice.pro',
    });
    expect(await stepsOf(run.id)).toEqual([...OWN, 'plan pending']);
    const asked = (await identity.published(onboardingRequestedV1.type)).filter(
      ({ meta }) => meta.subject === run.tenantId,
    );
    expect(asked.map(({ payload }) => payload)).toEqual([
      {
        runId: run.id,
        tenantId: run.tenantId,
        ownerId: run.ownerId,
        planCode: 'voice.pro',
      },
    ]);
    const owner = await signInAsOwner(email);
    expect(owner).toMatchObject({ tenant: { id: run.tenantId, kind: 'company', role: 'owner' } });
    await expect(identity.ask(getSettings, {}, callerOf(owner))).resolves.toMatchObject({
      transferNumber: '+15145550100',
      reviewRequestEnabled: true,
    });
    await expect(identity.ask(getOwnOnboarding, {}, callerOf(owner))).resolves.toMatchObject({
      kind: 'quick',
      status: 'running',
    });
  });

  it('is done when billing is, after a failure too and however often it says so', async () => {
    const { id: runId, tenantId } = await start();
    const twice = newId();
    await identity.tell(billingOnboardingStepV1, tenantId, {
      runId,
      outcome: 'failed',
      reason: 'no such plan',
    });
    await eventually(async () =>
      expect(await identity.ask(getOnboarding, { id: runId }, root)).toMatchObject({ status: 'failed' }),
    );
    await identity.tell(billingOnboardingStepV1, tenantId, { runId, outcome: 'done' }, twice);
    await identity.tell(billingOnboardingStepV1, tenantId, { runId, outcome: 'done' }, twice);
    await identity.tell(billingOnboardingStepV1, tenantId, { runId, outcome: 'failed', reason: 'late' });
    await eventually(async () =>
      expect(await identity.ask(getOnboarding, { id: runId }, root)).toMatchObject({ status: 'done' }),
    );
    expect(await stepsOf(runId)).toEqual([...OWN, 'plan done']);
  });

  it('refuses an agent, which nobody could deploy, and leaves nothing', async () => {
    const email = anEmail();
    const refused = start({ owner: { email, name: 'x' }, agent: { template: 'receptionist' } });
    await expect(refused).rejects.toMatchObject({ status: 400, details: [{ field: 'agent' }] });
    const people = await identity.database.query('SELECT id FROM identity.users WHERE email = $1', [email]);
    expect(people).toEqual([]);
  });

  it('takes no report from another tenant', async () => {
    const { id: runId } = await start();
    const { tenant } = await identity.signUp();
    await identity.tell(billingOnboardingStepV1, tenant.id, { runId, outcome: 'done' });
    await eventually(async () => {
      const dead = await identity.database.query('SELECT id FROM identity.dead_letters');
      expect(dead.length).toBeGreaterThan(0);
    });
    expect(await stepsOf(runId)).toContain('plan pending');
  });

  it('is done at once when nothing else is wanted', async () => {
    const { company, owner } = { company: { name: 'Seul inc.' }, owner: { email: anEmail(), name: 'Zoé' } };
    const run = await identity.ask(startOnboarding, { company, owner }, root);
    expect(run.status).toBe('done');
  });

  it('leaves nothing but its record when a step of its own fails', async () => {
    const before = (await identity.published(tenantCreatedV1.type)).length;
    const email = anEmail();
    const settings = { businessHours: { monday: [{ opens: '17:00', closes: '08:00' }] } };
    await expect(start({ owner: { email, name: 'x' }, settings })).rejects.toMatchObject({ status: 400 });
    const { data } = await identity.ask(listOnboardings, { status: 'compensated', limit: 1 }, root);
    expect(data[0]?.steps.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'account undone',
      'tenant undone',
      'settings failed',
    ]);
    expect(data[0]?.steps[2]?.reason).toContain('VALIDATION_FAILED');
    const people = await identity.database.query('SELECT id FROM identity.users WHERE email = $1', [email]);
    expect(people).toEqual([]);
    expect((await identity.published(tenantCreatedV1.type)).length).toBe(before);
  });

  it('gives one address one account, however often it is submitted', async () => {
    const owner = { email: anEmail(), name: 'x' };
    expect(await statusesOf([start({ owner }), start({ owner }), start({ owner })])).toEqual([200, 409, 409]);
  });

  it('is for super admins, and unknown runs are not found', async () => {
    const caller = callerOf(await identity.signUp());
    const request = { owner: { email: anEmail(), name: 'x' }, company: { name: 'x' } };
    await expect(identity.ask(startOnboarding, request, caller)).rejects.toMatchObject({ status: 403 });
    await expect(identity.ask(getOnboarding, { id: newId() }, caller)).rejects.toMatchObject({ status: 403 });
    await expect(identity.ask(getOnboarding, { id: newId() }, root)).rejects.toMatchObject({ status: 404 });
  });
});

describe('onboarding of who came by themselves', () => {
  let identity: IdentityInTest;
  beforeAll(async () => {
    identity = await startIdentity();
  });
  afterAll(async () => {
    await identity?.close();
  });

  it('tells what is left to do', async () => {
    const session = await identity.signUp();
    const ask = async () => {
      const { status, steps } = await identity.ask(getOwnOnboarding, {}, callerOf(session));
      return [status, ...steps.map(({ name, state }) => `${name} ${state}`)];
    };
    expect(await ask()).toEqual(['running', 'account done', 'verify_email pending', 'settings pending']);
    await identity.ask(putSettings, { postCallSmsEnabled: true }, callerOf(session));
    await identity.database.query('UPDATE identity.users SET email_verified_at = now() WHERE id = $1', [
      session.user.id,
    ]);
    expect(await ask()).toEqual(['done', 'account done', 'verify_email done', 'settings done']);
  });
});
