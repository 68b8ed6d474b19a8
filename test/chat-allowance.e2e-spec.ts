import {
  compPlan,
  type Conversation,
  type MessageAccepted,
  type MeterUsage,
  newId,
  pauseUsage,
  resumeUsage,
  runAs,
  type UsageResponse,
} from '@parley/contracts';
import { eventually } from '@parley/testing';
import { UpkeepService } from '../apps/billing/src/books/upkeep.service';
import { type Answer, type Member, TestPlatform } from './support/platform';

const PLAN_CONVERSATIONS = 50;

interface ErrorBody {
  error: { code: string };
}

describe('what a plan includes of the chat (BR-044, C-26)', () => {
  let platform: TestPlatform;
  let member: Member;

  const decide = <Result>(work: () => Promise<Result>): Promise<Result> =>
    runAs({ requestId: newId(), userId: newId(), roles: ['super_admin'], locale: 'en' }, work);
  const give = (planCode: string): Promise<unknown> =>
    decide(() => platform.rpc.call(compPlan, { id: member.tenantId, planCode, reason: 'A test' }));
  const begin = (): Promise<Answer<Conversation & ErrorBody>> =>
    platform.call('POST', '/v1/conversations', {
      token: member.accessToken,
      body: { personaId: 'closer' },
    });
  const ask = (id: string, clientMessageId?: string): Promise<Answer<MessageAccepted & ErrorBody>> =>
    platform.call('POST', `/v1/conversations/${id}/messages`, {
      token: member.accessToken,
      body: { text: 'Combien coûte un entretien ?', ...(clientMessageId ? { clientMessageId } : {}) },
    });
  const meter = async (name: string): Promise<MeterUsage | undefined> => {
    const { body } = await platform.call<UsageResponse>('GET', '/v1/billing/usage', {
      token: member.accessToken,
    });
    return body.meters.find((one) => one.meter === name);
  };
  const settled = (used: number): Promise<void> =>
    eventually(async () => expect(await meter('ai_prompts')).toMatchObject({ used, held: 0 }));

  beforeAll(async () => {
    platform = await TestPlatform.start();
  });
  beforeEach(async () => {
    member = await platform.signUp('Talker');
  });
  afterAll(() => platform?.close());

  it('is promised before the model is asked: ten questions at once, three answers', async () => {
    const begun = await Promise.all(Array.from({ length: 10 }, begin));
    const asked = await Promise.all(begun.map(({ body }) => ask(body.id)));
    expect(asked.map(({ status }) => status).sort()).toEqual([202, 202, 202, ...Array(7).fill(402)]);
    const refused = asked.filter(({ status }) => status === 402).map(({ body }) => body.error.code);
    expect(new Set(refused)).toEqual(new Set(['USAGE_EXCEEDED']));
    await settled(3);

    await give('sales.growth');
    const [first] = begun;
    expect((await ask(first?.body.id ?? '')).status).toBe(202);
    // In the period of the new plan.
    await settled(1);
  });

  it('answers a message sent twice once, also when nothing is left; what is not there stays 404', async () => {
    const { body } = await begin();
    const accepted = await ask(body.id, 'first');
    await settled(1);
    for (const used of [2, 3]) {
      expect((await ask(body.id)).status).toBe(202);
      await settled(used);
    }
    expect((await ask(body.id)).status).toBe(402);
    const again = await ask(body.id, 'first');
    expect([again.status, again.body.messageId]).toEqual([202, accepted.body.messageId]);
    expect((await ask(newId())).status).toBe(404);
    await settled(3);
  });

  it('costs nothing when the model fails', async () => {
    const { body } = await begin();
    await fetch(`${platform.sandbox.url}/control/anthropic`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ failNext: '401' }),
    });
    expect((await ask(body.id)).status).toBe(202);
    await settled(0);
    expect(await meter('ai_prompts')).toMatchObject({ remaining: 3 });
  });

  it('ends with the conversations of a plan that counts those', async () => {
    await give('sales.professional');
    const begun = await Promise.all(Array.from({ length: PLAN_CONVERSATIONS + 1 }, begin));
    const refused = begun.filter(({ status }) => status !== 201);
    expect(refused.map(({ status, body }) => [status, body.error.code])).toEqual([[402, 'USAGE_EXCEEDED']]);
    const [open] = begun.filter(({ status }) => status === 201);
    for (const used of [1, 2, 3, 4]) {
      expect((await ask(open?.body.id ?? '')).status).toBe(202);
      await settled(used);
    }
    expect(await meter('ai_conversations')).toMatchObject({ used: 1, held: PLAN_CONVERSATIONS - 1 });
  });

  it('counts a conversation whose place lapsed before its first answer, and gives back that of a removed one', async () => {
    await give('sales.professional');
    const begun = await Promise.all(Array.from({ length: PLAN_CONVERSATIONS }, begin));
    await platform.database.query(
      `UPDATE billing.holds SET expires_at = now() WHERE tenant_id = $1 AND meter = 'ai_conversations'`,
      [member.tenantId],
    );
    await platform.get<UpkeepService>('billing', UpkeepService).run();
    expect(await meter('ai_conversations')).toMatchObject({ held: 0 });
    const later = await Promise.all(Array.from({ length: PLAN_CONVERSATIONS - 1 }, begin));
    expect(new Set(later.map(({ status }) => status))).toEqual(new Set([201]));

    const [first, second] = begun.map(({ body }) => body.id);
    expect((await ask(first ?? '')).status).toBe(202);
    await settled(1);
    const refused = await ask(second ?? '');
    expect([refused.status, refused.body.error.code]).toEqual([402, 'USAGE_EXCEEDED']);
    expect(await meter('ai_prompts')).toMatchObject({ held: 0 });
    expect((await ask(first ?? '')).status).toBe(202);

    await platform.call('DELETE', `/v1/conversations/${later[0]?.body.id}`, { token: member.accessToken });
    await eventually(async () => expect((await ask(second ?? '')).status).toBe(202));
  });

  it('rests while an administrator has paused it', async () => {
    const { body } = await begin();
    await decide(() => platform.rpc.call(pauseUsage, { id: member.tenantId, reason: 'A look' }));
    expect((await ask(body.id)).status).toBe(402);
    await decide(() => platform.rpc.call(resumeUsage, { id: member.tenantId }));
    expect((await ask(body.id)).status).toBe(202);
  });
});
