import { compPlan, verifyLedger } from '@parley/contracts';
import { addMonths } from '../src/periods/windows';
import { useBilling } from './running-billing';
import { inDays, Subscriber } from './subscriber';

describe('periods', () => {
  const billing = useBilling();
  let tenant: Subscriber;
  beforeEach(async () => {
    tenant = await Subscriber.of(billing.database, billing);
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

  describe('of what is told after they were over', () => {
    const OVERAGE = `SELECT coalesce(sum(e.amount), 0)::int AS units FROM billing.ledger_entries e
      JOIN billing.ledger_accounts a ON a.id = e.account_id
      WHERE e.tenant_id = $1 AND a.code = 'voice_minutes:overage'`;
    const USED = `SELECT used::int FROM billing.usage_periods
      WHERE tenant_id = $1 AND meter = 'voice_minutes' ORDER BY period_end`;

    const stateOf = async (each: Subscriber) => {
      const ask = (sql: string) => billing.database.query<Record<string, unknown>>(sql, [each.tenantId]);
      return {
        minutes: await each.balance('voice_minutes'),
        credits: await each.balance('credits'),
        overage: await ask(OVERAGE),
        used: await ask(USED),
      };
    };
    const LATE = inDays(-25);

    it.each([
      ['what lapsed of the allowance pays', 30, { minutes: 140, credits: 15, overage: [{ units: 0 }] }],
      // 15 are owed by credits, which the next allowance pays.
      ['then other units, then debt', 80, { minutes: 125, credits: 0, overage: [{ units: 0 }] }],
    ])('come to the same as if it had been told in time: %s', async (_how, late, expected) => {
      const punctual = await Subscriber.of(billing.database, billing);
      for (const each of [tenant, punctual]) {
        await each.is();
        await each.talk(100);
        if (each === punctual) await each.talk(late);
        await each.pass(21);
        await each.talk(10);
      }
      await tenant.talk(late, LATE);

      expect(await stateOf(tenant)).toMatchObject({
        ...expected,
        used: [{ used: 100 + late }, { used: 10 }],
      });
      expect(await stateOf(tenant)).toEqual(await stateOf(punctual));
    });

    it('count it, though it is what closes them', async () => {
      await tenant.is();
      await tenant.move(21);
      await tenant.talk(30, LATE);
      expect(await stateOf(tenant)).toMatchObject({ minutes: 150, used: [{ used: 30 }, { used: 0 }] });
    });

    it('count what a correction adds, and give back what it takes', async () => {
      await tenant.is();
      const callId = await tenant.talk(30);
      await tenant.pass(21);
      await tenant.correct(callId, 50, 1);
      expect(await stateOf(tenant)).toMatchObject({ minutes: 150, used: [{ used: 50 }, { used: 0 }] });
      await tenant.correct(callId, 10, 2);
      expect(await stateOf(tenant)).toMatchObject({ minutes: 150, used: [{ used: 10 }, { used: 0 }] });
    });

    it('pay though the subscription ended with them', async () => {
      await tenant.is({ cancelAtPeriodEnd: true });
      await tenant.pass(21);
      await tenant.talk(30, inDays(-2));
      expect(await stateOf(tenant)).toMatchObject({ minutes: 0, credits: 15 });
    });

    it('do not pay for what is told later than reconciliation looks back', async () => {
      await tenant.is();
      await tenant.pass(60);
      await tenant.talk(30, inDays(-41));
      expect(await minutes()).toBe(120);
    });
  });

  it('leave books that are sound', async () => {
    await expect(billing.askAsPlatform(verifyLedger, {})).resolves.toMatchObject({ sound: true });
  });
});
