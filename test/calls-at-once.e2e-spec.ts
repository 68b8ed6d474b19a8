import { createHmac } from 'node:crypto';
import { type CreditBalance, newId } from '@parley/contracts';
import { eventually } from '@parley/testing';
import { type Member, TestPlatform } from './support/platform';

const CREDITS = 10;
const LINE = '+14185550160';
/** By then a caller hears something even with the database away; here all services share a process and two cores. */
const ANSWER_MS = 1_000;

describe('calls that start at once on ten credits', () => {
  let platform: TestPlatform;
  let member: Member;

  beforeAll(async () => {
    platform = await TestPlatform.start({ FREE_CREDITS: String(CREDITS) });
    member = await platform.signUp('Rush');
    await platform.arrangeLines(member, {
      vapi: LINE,
      twilio: '+14185550161',
      accountSid: `AC${'e'.repeat(32)}`,
    });
    await eventually(async () => expect(await available()).toBe(CREDITS));
  });
  afterAll(() => platform?.close());

  const post = async (message: object): Promise<Record<string, unknown>> => {
    const body = JSON.stringify({ message });
    const timestamp = String(Date.now());
    const signature = createHmac('sha256', platform.secrets.vapiSecret)
      .update(`${timestamp}.${body}`)
      .digest('hex');
    const response = await fetch(`${platform.url}/v1/webhooks/vapi`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', 'x-timestamp': timestamp, 'x-signature': signature },
    });
    expect(response.status).toBe(200);
    return (await response.json()) as Record<string, unknown>;
  };
  const ring = async (id: string): Promise<boolean> => {
    const answer = await post({
      type: 'assistant-request',
      timestamp: Date.now(),
      call: { id, type: 'inboundPhoneCall' },
      customer: { number: '+15145550142' },
      phoneNumber: { number: LINE },
    });
    return 'assistantId' in answer;
  };
  const end = (id: string, seconds: number) =>
    post({
      type: 'end-of-call-report',
      timestamp: Date.now(),
      call: { id, type: 'inboundPhoneCall' },
      customer: { number: '+15145550142' },
      phoneNumber: { number: LINE },
      startedAt: new Date(Date.now() - seconds * 1_000).toISOString(),
      endedAt: new Date().toISOString(),
      durationSeconds: seconds,
      endedReason: 'customer-ended-call',
    });
  const available = async (): Promise<number | undefined> => {
    const [row] = await platform.database.query<{ available: string }>(
      `SELECT available FROM telephony.line_standings WHERE tenant_id = $1 AND line_group = 'voice'`,
      [member.tenantId],
    );
    return row && Number(row.available);
  };
  const uncounted = async (): Promise<number> => {
    const rows = await platform.database.query(
      'SELECT 1 FROM telephony.call_starts WHERE tenant_id = $1 AND admitted AND NOT counted',
      [member.tenantId],
    );
    return rows.length;
  };
  const balance = async (): Promise<number> =>
    (await platform.call<CreditBalance>('GET', '/v1/billing/credits', { token: member.accessToken })).body
      .balance;

  it('are ten of 64, whose one minute each leaves the balance at nought and no lower', async () => {
    const calls = Array.from({ length: 64 }, () => newId());
    const took: number[] = [];
    const answers = await Promise.all(
      calls.map(async (id) => {
        const asked = performance.now();
        const answered = await ring(id);
        took.push(performance.now() - asked);
        return answered;
      }),
    );
    const answered = calls.filter((_id, at) => answers[at]);
    expect(answered).toHaveLength(CREDITS);

    await eventually(async () => expect([await available(), await uncounted()]).toEqual([0, 0]));
    expect(await ring(newId())).toBe(false);

    await Promise.all(answered.map((id) => end(id, 55)));
    await eventually(async () => expect(await balance()).toBe(0));
    const lowest = await platform.database.query<{ lowest: string }>(
      `SELECT min(balance_after) AS lowest FROM billing.ledger_entries WHERE tenant_id = $1 AND balance_after IS NOT NULL`,
      [member.tenantId],
    );
    expect(Number(lowest[0]?.lowest)).toBe(0);
    expect(Math.max(...took)).toBeLessThan(ANSWER_MS);
  });
});
