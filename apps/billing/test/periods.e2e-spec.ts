import { compPlan, verifyLedger } from '@parley/contracts';
import type { TestDatabase } from '@parley/testing';
import { addMonths } from '../src/periods/windows';
import { billingDatabase, Replica } from './running-billing';
import { inDays, Subscriber } from './subscriber';

describe('periods', () => {
  let database: TestDatabase;
  let billing: Replica;
  let tenant: Subscriber;

  beforeAll(async () => {
    database = await billingDatabase();
    billing = await Replica.start(database);
  });
  afterAll(async () => {
    await billing?.close();
    await database?.remove();
  });
  beforeEach(async () => {
    tenant = await Subscriber.of(database, billing);
  });

  const minutes = () => tenant.balance('voice_minutes');

  describe('of a renewal that is paid late', () => {
    /** The subscription went on by itself; what Stripe calls its period is not bought yet. */
    const isUnpaid = (planCode: string) =>
      tenant.is({ planCode, status: 'past_due', periodStart: inDays(-40), periodEnd: inDays(-10) });

    it('include what was not used of them, whatever is said of the subscription afterwards', async () => {
      await tenant.is();
      await tenant.talk(40);
      await isUnpaid('voice.core');
      expect(await minutes()).toBe(0);

      await tenant.is();
      expect(await minutes()).toBe(110);
      await tenant.is({ cancelAtPeriodEnd: true });
      expect(await minutes()).toBe(110);
      await isUnpaid('voice.core');
      await tenant.is();
      expect(await minutes()).toBe(110);
    });

    it('follow an upgrade and a downgrade, though there was one before', async () => {
      await tenant.is();
      await tenant.is({ planCode: 'voice.pro' });
      await tenant.talk(40);
      await isUnpaid('voice.pro');

      await tenant.is({ planCode: 'voice.pro' });
      expect(await minutes()).toBe(260);
      await tenant.is({ planCode: 'voice.elite' });
      expect(await minutes()).toBe(760);
      await tenant.is({ planCode: 'voice.core' });
      expect(await minutes()).toBe(110);
    });

    it('include again what a downgrade took back and other units paid for', async () => {
      await tenant.is({ planCode: 'voice.pro' });
      await tenant.talk(160);
      await tenant.is({ planCode: 'voice.core' });
      await isUnpaid('voice.core');

      await tenant.is({ planCode: 'voice.pro' });
      expect(await minutes()).toBe(150);
    });

    it('take nothing off for what top-ups or credits paid', async () => {
      await tenant.is();
      await tenant.talk(160);
      await isUnpaid('voice.core');

      await tenant.is({ planCode: 'voice.pro' });
      expect(await minutes()).toBe(150);
    });
  });

  it('keep their allowance until they end, when that moves', async () => {
    await tenant.is({ periodEnd: inDays(5) });
    await tenant.is({ periodEnd: inDays(20) });
    await tenant.pass(10);
    expect(await minutes()).toBe(150);

    await tenant.is({ periodStart: inDays(-20), periodEnd: inDays(2) });
    await tenant.pass(3);
    expect(await tenant.meter('voice_minutes')).toMatchObject({ used: 0, included: 150 });
    expect(await minutes()).toBe(150);
  });

  it('of a comped plan are months, however long it was given for', async () => {
    const until = addMonths(new Date(), 5).toISOString();
    const comp = { id: tenant.tenantId, planCode: 'voice.core', until, reason: 'Pilot' };
    await billing.askAsPlatform(compPlan, comp);
    const first = await tenant.meter('voice_minutes');
    expect(first?.periodEnd).toBe(addMonths(new Date(first?.periodStart ?? ''), 1).toISOString());
    await tenant.talk(100);

    await tenant.pass(32);
    expect(await tenant.meter('voice_minutes')).toMatchObject({ used: 0, included: 150 });
    expect(await minutes()).toBe(150);
    await tenant.pass(150);
    expect(await minutes()).toBe(0);
  });

  it('leave books that are sound', async () => {
    await expect(billing.askAsPlatform(verifyLedger, {})).resolves.toMatchObject({ sound: true });
  });
});
