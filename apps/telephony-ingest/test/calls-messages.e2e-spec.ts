import { listSmsMessages, newId, smsReceivedV1 } from '@parley/contracts';
import { aCaller } from '@parley/testing';
import { aTwilioEvent } from './calls-events';
import { CallsHarness } from './calls-harness';

const aText = (sid: string, changes: Record<string, string> = {}) =>
  aTwilioEvent('sms-inbound', { MessageSid: sid, SmsSid: sid, ...changes });
const aReport = (name: string, sid: string) =>
  aTwilioEvent(`sms-status-${name}`, { MessageSid: sid, SmsSid: sid });

describe('text messages', () => {
  let calls: CallsHarness;

  beforeAll(async () => {
    calls = await CallsHarness.start();
  });
  afterAll(() => calls.stop());

  it('keeps and announces a text once, however often eight workers apply it', async () => {
    const owner = aCaller();
    const sid = `SM${newId()}`;
    await Promise.all(Array.from({ length: 8 }, () => calls.apply(owner, aText(sid))));

    expect(await calls.announcedTo(owner)).toEqual([smsReceivedV1.type]);
    expect(calls.announcementsOf(owner)[0]?.payload).toMatchObject({
      providerMessageId: sid.slice(0, 64),
      from: '+15555550123',
      body: 'Bonjour, est-ce possible de déplacer mon rendez-vous à jeudi ? Merci, Hélène',
    });
    const { data } = await calls.ask(owner, (rpc) => rpc.call(listSmsMessages, {}));
    expect(data).toMatchObject([{ direction: 'inbound', status: 'received', keyword: null }]);
  });

  it.each([
    [['queued', 'sent', 'delivered'], 'delivered'],
    [['delivered', 'sent'], 'delivered'],
    [['failed', 'sent'], 'failed'],
  ])('moves a message through %j to %s, announcing nothing', async (names, status) => {
    const owner = aCaller();
    const sid = `SM${newId()}`;
    for (const name of names) {
      const event =
        name === 'queued'
          ? aTwilioEvent('sms-status-sent', { MessageSid: sid, MessageStatus: name })
          : aReport(name, sid);
      await calls.apply(owner, event);
    }
    const { data } = await calls.ask(owner, (rpc) => rpc.call(listSmsMessages, { direction: 'outbound' }));
    expect(data).toMatchObject([{ providerMessageId: sid, status, body: null }]);
    expect(await calls.announcedTo(owner)).toEqual([]);
  });

  it.each([
    [['STOP'], true],
    [['Arrêt', 'START'], false],
    [['START', 'stop'], true],
    [['stop by at noon'], false],
  ])('after %j the sender is opted out: %s', async (bodies, optedOut) => {
    const owner = aCaller();
    let second = 0;
    for (const Body of bodies) {
      const event = aText(`SM${newId()}`, { Body });
      await calls.apply(owner, {
        ...event,
        receivedAt: new Date(event.receivedAt.getTime() + second++ * 1000),
      });
    }
    const rows = await calls.database.query<{ phone: string; out: boolean }>(
      `SELECT phone_e164 AS phone, coalesce(opted_out_at > coalesce(opted_in_at, '-infinity'), false) AS out
       FROM telephony.sms_opt_outs WHERE tenant_id = $1`,
      [owner.tenantId],
    );
    expect(rows.some(({ phone, out }) => out && phone === '+15555550123')).toBe(optedOut);
  });

  it('pages through the messages of one party, and shows none to a stranger', async () => {
    const owner = aCaller();
    for (let n = 0; n < 5; n++) await calls.apply(owner, aText(`SM${newId()}`));
    await calls.apply(owner, aText(`SM${newId()}`, { From: '+15145550142' }));
    const first = await calls.ask(owner, (rpc) =>
      rpc.call(listSmsMessages, { phone: '5555550123', limit: 3 }),
    );
    const cursor = first.nextCursor ?? '';
    const second = await calls.ask(owner, (rpc) =>
      rpc.call(listSmsMessages, { phone: '5555550123', limit: 3, cursor }),
    );
    expect([first.data.length, second.data.length, second.nextCursor]).toEqual([3, 2, null]);
    expect(new Set([...first.data, ...second.data].map(({ id }) => id)).size).toBe(5);
    expect((await calls.ask(aCaller(), (rpc) => rpc.call(listSmsMessages, {}))).data).toEqual([]);
  });
});
