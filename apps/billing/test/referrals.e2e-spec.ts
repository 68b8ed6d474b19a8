import {
  clearReferralSignals,
  commissionClawedBackV1,
  commissionEarnedV1,
  editReferralCode,
  editReferralSettings,
  getReferral,
  getReferralCode,
  getReferralSettings,
  listAllReferrals,
  listReferrals,
  newId,
  recordReferralSignup,
  referralRecordedV1,
  rejectReferral,
} from '@parley/contracts';
import { eventually, type TestDatabase } from '@parley/testing';
import { aPerson, DAY, daysAgo, type Person, ReferralWorld } from './referral-world';
import { billingDatabase, Replica, tenantCreated } from './running-billing';

describe('referrals', () => {
  let database: TestDatabase;
  let billing: Replica;
  let world: ReferralWorld;
  let referrer: Person;
  let referred: Person;

  beforeAll(async () => {
    database = await billingDatabase();
    billing = await Replica.start(database, { APP_URL: 'https://app.parley.test/' });
    world = new ReferralWorld(billing, database);
  });
  afterAll(async () => {
    await billing?.close();
    await database?.remove();
  });
  beforeEach(() => {
    referrer = aPerson();
    referred = aPerson();
  });

  describe('codes', () => {
    it('are one per person, however many ask at once', async () => {
      const codes = await Promise.all(Array.from({ length: 8 }, () => world.codeOf(referrer)));
      expect(new Set(codes).size).toBe(1);
      expect(codes[0]).toMatch(/^[2-9A-HJKMNP-TW-Z]{8}$/);
    });

    it('come with a link to share, and follow the person into other tenants', async () => {
      const made = await world.as(referrer, getReferralCode, {});
      expect(made.shareUrl).toBe(`https://app.parley.test/register?ref=${made.code}`);

      const elsewhere = aPerson({ userId: referrer.userId });
      expect(await world.codeOf(elsewhere)).toBe(made.code);
    });

    it('belong to people, not to service tokens', async () => {
      const token = aPerson();
      const { userId: _person, ...caller } = token.caller;
      await expect(world.as({ ...token, caller }, getReferralCode, {})).rejects.toMatchObject({
        code: 'PERSON_REQUIRED',
      });
    });

    it('can be switched off and on by administrators', async () => {
      const code = await world.codeOf(referrer);
      await billing.askAsPlatform(editReferralCode, { code: code.toLowerCase(), isActive: false });
      await expect(world.refer(referrer, referred)).rejects.toMatchObject({
        status: 422,
        code: 'REFERRAL_CODE_INACTIVE',
      });

      await billing.askAsPlatform(editReferralCode, { code, isActive: true });
      await eventually(() =>
        expect(billing.acts(referrer.tenantId)).toEqual([
          'referral-code.switched-off',
          'referral-code.switched-on',
        ]),
      );
      await expect(world.refer(referrer, referred)).resolves.toEqual(expect.any(String));
      await expect(
        billing.askAsPlatform(editReferralCode, { code: 'NOSUCHCODE', isActive: true }),
      ).rejects.toMatchObject({ status: 404, code: 'REFERRAL_CODE_UNKNOWN' });
    });
  });

  describe('signups', () => {
    it('are recorded with a code as people write it, and told once', async () => {
      const code = await world.codeOf(referrer);
      const written = ` ${code.slice(0, 4)}-${code.slice(4)} `.toLowerCase();
      const { referralId } = await world.as(referred, recordReferralSignup, { code: written });

      await eventually(() =>
        expect(billing.told(referrer.tenantId, referralRecordedV1)).toEqual([
          expect.objectContaining({ referralId, referredTenantId: referred.tenantId, underReview: false }),
        ]),
      );
      const { data } = await world.as(referrer, listReferrals, {});
      expect(data).toEqual([
        expect.objectContaining({ id: referralId, status: 'signed_up', commissions: [] }),
      ]);
    });

    it('count once per tenant, also when two ask at once with codes of two people', async () => {
      const codes = [await world.codeOf(referrer), await world.codeOf(aPerson())];
      const tries = await Promise.allSettled(
        [...codes, ...codes, ...codes].map((code) => world.as(referred, recordReferralSignup, { code })),
      );
      expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const each of tries)
        if (each.status === 'rejected')
          expect(each.reason).toMatchObject({ status: 409, code: 'ALREADY_REFERRED' });
    });

    it('refuse a code that nobody has', async () => {
      await expect(world.as(referred, recordReferralSignup, { code: 'NOSUCHCODE' })).rejects.toMatchObject({
        status: 404,
        code: 'REFERRAL_CODE_UNKNOWN',
      });
    });

    it('refuse people who refer themselves, their tenant, or another tenant of theirs', async () => {
      const code = await world.codeOf(referrer);
      const colleague = aPerson({ tenantId: referrer.tenantId });
      const otherTenant = aPerson({ userId: referrer.userId });
      const owned = aPerson();
      await billing.deliver(tenantCreated(owned.tenantId, { ownerId: referrer.userId }));

      for (const person of [referrer, colleague, otherTenant, owned])
        await expect(world.as(person, recordReferralSignup, { code })).rejects.toMatchObject({
          status: 422,
          code: 'SELF_REFERRAL',
        });
    });

    it('refuse a tenant that is older than 30 days', async () => {
      await billing.deliver(tenantCreated(referred.tenantId));
      const age = async (days: number) =>
        database.query('UPDATE billing.tenant_books SET opened_at = $2 WHERE tenant_id = $1', [
          referred.tenantId,
          daysAgo(days),
        ]);
      await age(31);
      await expect(world.refer(referrer, referred)).rejects.toMatchObject({
        status: 422,
        code: 'REFERRAL_TOO_LATE',
      });
      await age(29);
      await expect(world.refer(referrer, referred)).resolves.toEqual(expect.any(String));
    });

    it('come with the registration that carried a code, once however often it is told', async () => {
      const referralCode = await world.codeOf(referrer);
      const news = tenantCreated(referred.tenantId, { ownerId: referred.userId, referralCode });
      await billing.deliver(news);
      await billing.deliver(news);

      await eventually(async () => {
        const { data } = await billing.askAsPlatform(listAllReferrals, { search: referred.tenantId });
        expect(data).toEqual([
          expect.objectContaining({
            referrerUserId: referrer.userId,
            referredUserId: referred.userId,
            source: 'registration',
          }),
        ]);
      });
    });

    it('of a registration with a code that cannot be used are left at that', async () => {
      await billing.deliver(tenantCreated(referred.tenantId, { referralCode: 'AMI-2026' }));
      await eventually(async () => {
        const jobs = await database.query(
          `SELECT FROM billing_jobs.jobs WHERE task_identifier = 'billing.referral-signup'`,
        );
        expect(jobs).toEqual([]);
      });
      await expect(world.refer(referrer, referred)).resolves.toEqual(expect.any(String));
    });
  });

  describe('commissions', () => {
    it('are a bonus and a share on the first invoice, shares on those of a year, none after', async () => {
      await world.refer(referrer, referred);
      const first = await world.pay(referred, { occurredAt: daysAgo(400) });
      await world.pay(referred, { amountCents: 9_999, occurredAt: daysAgo(60) });
      await world.pay(referred, { amountCents: 9_999, occurredAt: daysAgo(10) });

      const { data } = await world.as(referrer, listReferrals, {});
      expect(data[0]?.commissions.map(({ kind, amountCents }) => [kind, amountCents]).sort()).toEqual([
        ['initial', 2_500],
        ['recurring', 2_490],
        ['recurring', 999],
      ]);
      expect(data[0]).toMatchObject({ status: 'subscribed', subscribedAt: first.occurredAt });
      await world.expectBooksToAgree(referrer);
    });

    it('are earned once, however often a payment is told', async () => {
      await world.refer(referrer, referred);
      const payment = await world.pay(referred);
      for (let time = 0; time < 3; time++) await world.pay(referred, payment);

      const stats = await world.expectBooksToAgree(referrer);
      expect(stats).toMatchObject({ signups: 1, subscribed: 1, earnedCents: 4_990, pendingCents: 4_990 });
      await eventually(() =>
        expect(
          billing
            .told(referrer.tenantId, commissionEarnedV1)
            .map(({ kind }) => kind)
            .sort(),
        ).toEqual(['initial', 'recurring']),
      );
    });

    it('come by themselves, without anybody asking', async () => {
      await world.refer(referrer, referred);
      const settle = jest.spyOn(world, 'settle').mockResolvedValue();
      try {
        await world.pay(referred);
      } finally {
        settle.mockRestore();
      }
      await eventually(async () => expect((await world.stats(referrer)).pendingCents).toBe(4_990), 20_000);
    });

    it('are none on packs, in another currency, or from tenants that nobody referred', async () => {
      await world.refer(referrer, referred);
      await world.pay(referred, { kind: 'topup' });
      await world.pay(referred, { currency: 'CAD' });
      await world.pay(aPerson());
      expect(await world.expectBooksToAgree(referrer)).toMatchObject({ earnedCents: 0 });
    });

    it('count what a tenant paid before its referral was known', async () => {
      await world.pay(referred);
      await world.refer(referrer, referred);
      await world.settle(referred.tenantId);
      expect(await world.expectBooksToAgree(referrer)).toMatchObject({ earnedCents: 4_990 });
    });

    it('can be paid out after the hold, not before', async () => {
      await world.refer(referrer, referred);
      await world.pay(referred, { occurredAt: daysAgo(29) });
      expect(await world.expectBooksToAgree(referrer)).toMatchObject({
        availableCents: 0,
        pendingCents: 4_990,
      });
      await world.passHold(referrer);
      expect(await world.expectBooksToAgree(referrer)).toMatchObject({
        availableCents: 4_990,
        pendingCents: 0,
      });
    });

    it('keep the terms of the day of the signup when the program changes', async () => {
      await world.refer(referrer, referred);
      const before = await billing.askAsPlatform(getReferralSettings, {});
      const edited = await billing.askAsPlatform(editReferralSettings, {
        initialBonusCents: 100,
        commissionBasisPoints: 500,
      });
      expect(edited).toMatchObject({
        version: before.version + 1,
        initialBonusCents: 100,
        recurringMonths: 12,
        updatedBy: expect.any(String) as string,
      });
      const other = aPerson();
      const later = aPerson();
      await world.refer(other, later);
      await billing.askAsPlatform(editReferralSettings, {
        initialBonusCents: before.initialBonusCents,
        commissionBasisPoints: before.commissionBasisPoints,
      });
      await world.pay(referred);
      await world.pay(later);

      expect(await world.expectBooksToAgree(referrer)).toMatchObject({ earnedCents: 4_990 });
      expect(await world.expectBooksToAgree(other)).toMatchObject({ earnedCents: 100 + 1_245 });
    });

    it('take no more referrals when the program is closed', async () => {
      await billing.askAsPlatform(editReferralSettings, { enabled: false });
      try {
        await expect(world.refer(referrer, referred)).rejects.toMatchObject({ code: 'REFERRALS_CLOSED' });
      } finally {
        await billing.askAsPlatform(editReferralSettings, { enabled: true });
      }
    });
  });

  describe('money that goes back', () => {
    beforeEach(() => world.refer(referrer, referred));

    it('takes its share of the commission along: parts sum to the whole', async () => {
      const payment = await world.pay(referred, { amountCents: 1_001 });
      for (const amountCents of [333, 333, 334]) await world.refund(referred, payment, { amountCents });
      expect(await world.expectBooksToAgree(referrer)).toMatchObject({ earnedCents: 2_600, pendingCents: 2 });

      await world.refund(referred, payment, { amountCents: 1 });
      expect(await world.expectBooksToAgree(referrer)).toMatchObject({
        earnedCents: 2_600,
        clawedBackCents: 2_600,
        pendingCents: 0,
      });
      const { data } = await world.as(referrer, listReferrals, {});
      expect(data[0]).toMatchObject({ status: 'clawed_back', earnedCents: 2_600, clawedBackCents: 2_600 });
      const told = billing.told(referrer.tenantId, commissionClawedBackV1);
      expect(told.reduce((sum, { amountCents }) => sum + amountCents, 0)).toBe(2_600);
    });

    it('is given again when the refund failed', async () => {
      const payment = await world.pay(referred);
      const refundId = newId();
      await world.refund(referred, payment, { refundId, amountCents: 24_900 });
      await world.refund(referred, payment, { refundId, amountCents: -24_900 });
      expect(await world.expectBooksToAgree(referrer)).toMatchObject({
        pendingCents: 4_990,
        clawedBackCents: 0,
      });
    });

    it('is known before the payment is: the share follows when both are', async () => {
      const payment = { ...(await world.pay(aPerson())), paymentId: newId() };
      await world.refund(referred, payment, { amountCents: 24_900 });
      expect(await world.expectBooksToAgree(referrer)).toMatchObject({ earnedCents: 0 });
      await world.pay(referred, payment);
      expect(await world.expectBooksToAgree(referrer)).toMatchObject({
        earnedCents: 4_990,
        clawedBackCents: 4_990,
      });
    });

    it('waits while disputed; a dispute won lets it go on', async () => {
      const disputeId = newId();
      const payment = await world.pay(referred);
      await world.dispute(referred, payment, { disputeId, status: 'opened' });
      await world.passHold(referrer);
      expect(await world.expectBooksToAgree(referrer)).toMatchObject({ heldCents: 4_990, availableCents: 0 });

      await world.dispute(referred, payment, { disputeId, status: 'won' });
      expect(await world.expectBooksToAgree(referrer)).toMatchObject({ heldCents: 0, availableCents: 4_990 });
    });

    it('is taken back when a dispute is lost, also when that is told before it was opened', async () => {
      const disputeId = newId();
      const payment = await world.pay(referred);
      await world.dispute(referred, payment, { disputeId, status: 'lost' });
      await world.dispute(referred, payment, { disputeId, status: 'opened' });
      expect(await world.expectBooksToAgree(referrer)).toMatchObject({
        heldCents: 0,
        clawedBackCents: 4_990,
      });
    });
  });

  describe('signals', () => {
    const details = async (id: string) => billing.askAsPlatform(getReferral, { id });

    it('hold who pays with a card of the referrer’s tenant, whichever paid first', async () => {
      const id = await world.refer(referrer, referred);
      await world.pay(referrer, { kind: 'credits', cardFingerprint: 'plastic-1' });
      await world.pay(referred, { cardFingerprint: 'plastic-1' });
      expect(await world.expectBooksToAgree(referrer)).toMatchObject({ heldCents: 4_990, pendingCents: 0 });
      expect((await details(id)).signals).toEqual([expect.objectContaining({ kind: 'card', state: 'open' })]);

      const other = aPerson();
      const later = await world.refer(referrer, other);
      await world.pay(other, { cardFingerprint: 'plastic-2' });
      expect(await details(later)).toMatchObject({ underReview: false });
      await world.pay(referrer, { kind: 'credits', cardFingerprint: 'plastic-2' });
      expect(await details(later)).toMatchObject({ underReview: true });
      expect(await world.expectBooksToAgree(referrer)).toMatchObject({ heldCents: 2 * 4_990 });
    });

    it('hold both of two referred tenants that share a card, and not those of other people', async () => {
      const twin = aPerson();
      const stranger = aPerson();
      const ids = [await world.refer(referrer, referred), await world.refer(referrer, twin)];
      const foreign = await world.refer(aPerson(), stranger);
      for (const person of [stranger, referred, twin]) await world.pay(person, { cardFingerprint: 'shared' });

      await eventually(async () => {
        for (const id of ids) expect(await details(id)).toMatchObject({ underReview: true });
        expect((await world.stats(referrer)).heldCents).toBe(2 * 4_990);
      }, 20_000);
      expect(await details(foreign)).toMatchObject({ underReview: false, signals: [] });
    });

    it('keep no card and no address, only keyed hashes', async () => {
      const from = { ip: '203.0.113.77' };
      referrer = aPerson(from);
      await world.refer(referrer, aPerson(from));
      await world.pay(referrer, { cardFingerprint: 'fingerprint-in-clear' });
      const tables = ['referral_facts', 'referral_sightings', 'referrals', 'referral_signals'];
      for (const table of tables) {
        const rows = await database.query(`SELECT * FROM billing.${table}`);
        expect(rows.length).toBeGreaterThan(0);
        expect(JSON.stringify(rows)).not.toMatch(/203\.0\.113\.77|fingerprint-in-clear/);
      }
    });

    it('hold who signs up from the network of the referrer', async () => {
      referrer = aPerson({ ip: '198.51.100.7' });
      const id = await world.refer(referrer, aPerson({ ip: '198.51.100.7' }));
      const elsewhere = await world.refer(referrer, aPerson({ ip: '198.51.100.8' }));
      expect((await details(id)).signals).toEqual([expect.objectContaining({ kind: 'network' })]);
      expect((await details(elsewhere)).signals).toEqual([]);
    });

    it('compare networks of registrations by the prints they come with', async () => {
      const networkPrint = newId();
      await billing.deliver(tenantCreated(referrer.tenantId, { ownerId: referrer.userId, networkPrint }));
      const referralCode = await world.codeOf(referrer);
      await billing.deliver(tenantCreated(referred.tenantId, { referralCode, networkPrint }));
      await eventually(async () => {
        const { data } = await billing.askAsPlatform(listAllReferrals, {
          signal: 'network',
          referrer: referrer.userId,
        });
        expect(data).toEqual([expect.objectContaining({ referredTenantId: referred.tenantId })]);
      });
    });

    it('hold what comes by a code that too many use in a day', async () => {
      const { maxDailySignups } = await billing.askAsPlatform(editReferralSettings, { maxDailySignups: 2 });
      expect(maxDailySignups).toBe(2);
      try {
        const ids = [];
        for (let nth = 0; nth < 3; nth++) ids.push(await world.refer(referrer, aPerson()));
        const reviews = await Promise.all(ids.map(async (id) => (await details(id)).underReview));
        expect(reviews).toEqual([false, false, true]);
      } finally {
        await billing.askAsPlatform(editReferralSettings, { maxDailySignups: 20 });
      }
    });

    it('cleared: what was held goes on, and the same does not hold it again', async () => {
      const id = await world.refer(referrer, referred);
      await world.pay(referrer, { cardFingerprint: 'family' });
      await world.pay(referred, { cardFingerprint: 'family' });
      const cleared = await billing.askAsPlatform(clearReferralSignals, {
        id,
        note: 'One household, two firms',
      });
      expect(cleared).toMatchObject({ underReview: false });
      expect(cleared.signals[0]).toMatchObject({ state: 'cleared', note: 'One household, two firms' });

      await world.pay(referred, { cardFingerprint: 'family', amountCents: 1_000 });
      expect(await world.expectBooksToAgree(referrer)).toMatchObject({ heldCents: 0, pendingCents: 5_090 });
      await expect(billing.askAsPlatform(clearReferralSignals, { id, note: 'again' })).rejects.toMatchObject({
        status: 409,
        code: 'NOTHING_TO_REVIEW',
      });
      await eventually(() => expect(billing.acts(referrer.tenantId)).toEqual(['referral.signals-cleared']));
    });

    it('rejected: everything is taken back and nothing more is earned', async () => {
      const id = await world.refer(referrer, referred);
      await world.pay(referrer, { cardFingerprint: 'own' });
      await world.pay(referred, { cardFingerprint: 'own' });
      const rejected = await billing.askAsPlatform(rejectReferral, { id, note: 'Own tenant' });
      expect(rejected).toMatchObject({ status: 'rejected', earnedCents: 4_990, clawedBackCents: 4_990 });

      await world.pay(referred);
      const stats = await world.expectBooksToAgree(referrer);
      expect(stats).toMatchObject({ earnedCents: 4_990, clawedBackCents: 4_990, heldCents: 0 });
      await eventually(() => expect(billing.acts(referrer.tenantId)).toEqual(['referral.signals-rejected']));
      expect((await details(id)).timeline.map(({ what }) => what)).toEqual(
        expect.arrayContaining([
          'referral.recorded',
          'signal.card',
          'signal.rejected',
          'commission.clawed-back',
        ]),
      );
    });
  });

  describe('views', () => {
    it('page one’s own and show nobody else’s', async () => {
      const ids: string[] = [];
      for (let nth = 0; nth < 3; nth++) ids.unshift(await world.refer(referrer, aPerson()));
      const first = await world.as(referrer, listReferrals, { limit: 2 });
      const rest = await world.as(referrer, listReferrals, { limit: 2, cursor: first.nextCursor ?? '' });
      expect([...first.data, ...rest.data].map(({ id }) => id)).toEqual(ids);
      expect(rest.nextCursor).toBeNull();

      const colleague = aPerson({ tenantId: referrer.tenantId });
      await world.codeOf(colleague);
      expect((await world.as(colleague, listReferrals, {})).data).toEqual([]);
      expect((await world.as(aPerson(), listReferrals, {})).data).toEqual([]);
    });

    it('find referrals for administrators by status, person, code and tenant', async () => {
      const id = await world.refer(referrer, referred);
      const code = await world.codeOf(referrer);
      await world.pay(referred);
      for (const filter of [
        { search: code.toLowerCase() },
        { search: referred.tenantId },
        { search: id },
        { referrer: referrer.userId, status: 'subscribed' as const, open: false },
      ]) {
        const { data } = await billing.askAsPlatform(listAllReferrals, filter);
        expect(data.map((each) => each.id)).toEqual([id]);
      }
      for (const filter of [
        { open: true },
        { status: 'rejected' as const },
        { signal: 'velocity' as const },
      ]) {
        const { data } = await billing.askAsPlatform(listAllReferrals, {
          ...filter,
          referrer: referrer.userId,
        });
        expect(data).toEqual([]);
      }
    });

    it('refuse administration to tenants and unknown ids to administrators', async () => {
      const id = await world.refer(referrer, referred);
      await expect(world.as(referrer, getReferral, { id })).rejects.toMatchObject({ status: 403 });
      await expect(billing.askAsPlatform(getReferral, { id: newId() })).rejects.toMatchObject({
        status: 404,
      });
    });
  });

  it('counts twelve months from the first invoice whatever order invoices are told in', async () => {
    await world.refer(referrer, referred);
    await world.pay(referred, {
      amountCents: 10_000,
      occurredAt: new Date(Date.now() - 2 * DAY).toISOString(),
    });
    await world.pay(referred, { amountCents: 10_000, occurredAt: daysAgo(200) });
    const { data } = await world.as(referrer, listReferrals, {});
    expect(data[0]?.commissions.filter(({ kind }) => kind === 'recurring')).toHaveLength(2);
    await world.expectBooksToAgree(referrer);
  });
});
