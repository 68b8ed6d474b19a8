import type { VapiCallInput } from './vapi-call';
import { vapiCallEvents } from './vapi-call-script';

function aCall(more: Partial<VapiCallInput> = {}): VapiCallInput {
  return {
    callId: '019cb3a0-1111-7000-8000-000000000001',
    auth: { mode: 'hmac', secret: 'one-secret' },
    from: '+14185550123',
    to: '+14185550100',
    durationSeconds: 133,
    createdAt: new Date('2026-03-03T15:04:05.000Z'),
    ...more,
  };
}

function messageOf(call: VapiCallInput, kind: string): Record<string, unknown> {
  const event = vapiCallEvents(call).find((candidate) => candidate.kind === kind);
  if (event === undefined) throw new Error(`no ${kind}`);
  return (JSON.parse(event.body) as { message: Record<string, unknown> }).message;
}

describe('a Vapi call', () => {
  it('goes from the question for an assistant to the report', () => {
    const kinds = vapiCallEvents(aCall({ hang: true })).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind !== 'transcript')).toEqual([
      'assistant-request',
      'status-update:in-progress',
      'hang',
      'tool-calls',
      'status-update:ended',
      'end-of-call-report',
    ]);
    expect(kinds.filter((kind) => kind === 'transcript')).toHaveLength(7);
  });

  it('reports what was agreed, in French, with the talking time asked for', () => {
    const report = messageOf(aCall(), 'end-of-call-report');
    expect(report).toMatchObject({
      endedReason: 'customer-ended-call',
      startedAt: '2026-03-03T15:04:08.000Z',
      endedAt: '2026-03-03T15:06:21.000Z',
      analysis: {
        structuredData: { customerName: 'Élise Bélanger', appointmentDate: '2026-03-04T14:00:00.000Z' },
        successEvaluation: 'true',
      },
    });
    expect(report['artifact']).toMatchObject({
      transcript: expect.stringContaining('User: Bonjour, ici Élise Bélanger.'),
    });
  });

  it('adds its costs up', () => {
    const { cost, costs } = messageOf(aCall(), 'end-of-call-report') as {
      cost: number;
      costs: Array<{ cost: number }>;
    };
    const sum = costs.reduce((total, part) => total + part.cost, 0);
    expect(sum).toBeCloseTo(cost, 4);
    expect(cost).toBeGreaterThan(0.1);
  });

  it('says nothing but the end when nobody answered', () => {
    const call = aCall({ durationSeconds: 0 });
    expect(vapiCallEvents(call).map(({ kind }) => kind)).toEqual([
      'assistant-request',
      'status-update:ended',
      'end-of-call-report',
    ]);
    const report = messageOf(call, 'end-of-call-report');
    expect(report).toMatchObject({ endedReason: 'customer-did-not-answer', cost: 0, analysis: {} });
    expect(report).not.toHaveProperty('startedAt');
  });

  it('asks for no assistant when the number has one', () => {
    expect(vapiCallEvents(aCall({ assistantId: 'fixed' })).map(({ kind }) => kind)).not.toContain(
      'assistant-request',
    );
    expect(messageOf(aCall({ assistantId: 'fixed' }), 'status-update:ended')['call']).toMatchObject({
      assistantId: 'fixed',
    });
  });

  it('calls a tool in the shape asked for', () => {
    const tool = {
      name: 'find_slots',
      arguments: { day: 'jeudi' },
      afterUtterance: 1,
      fallbackResult: '9 h',
    };
    const listed = (shape: 'string' | 'object' | 'flat'): unknown =>
      messageOf(aCall({ dialogue: { tool: { ...tool, shape } } }), 'tool-calls')['toolCallList'];
    expect(listed('string')).toMatchObject([{ function: { arguments: '{"day":"jeudi"}' } }]);
    expect(listed('object')).toMatchObject([{ function: { arguments: { day: 'jeudi' } } }]);
    expect(listed('flat')).toMatchObject([{ name: 'find_slots', parameters: { day: 'jeudi' } }]);
  });

  it('swaps the numbers of an outbound call', () => {
    const message = messageOf(
      aCall({ type: 'outboundPhoneCall', assistantId: 'fixed' }),
      'end-of-call-report',
    );
    expect(message).toMatchObject({
      customer: { number: '+14185550100' },
      phoneNumber: { number: '+14185550123' },
    });
  });

  it('is the same script when it is built twice', () => {
    const bodies = (): string[] => vapiCallEvents(aCall()).map(({ body }) => body);
    expect(bodies()).toEqual(bodies());
  });
});
