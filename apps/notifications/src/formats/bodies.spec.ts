import { callEndedV1, callStartedV1, type EventMeta, newId, smsReceivedV1 } from '@parley/contracts';
import { bodiesOf } from './bodies';
import { callEnded, callStarted, messageReceived, testOf } from './outbound-event';

const meta: EventMeta = {
  id: newId(),
  source: 'telephony-ingest',
  type: 'any',
  time: '2026-11-20T15:00:00.000Z',
  subject: newId(),
  correlationId: newId(),
};
const n8nOf = (event: Parameters<typeof bodiesOf>[0]): Record<string, unknown> =>
  JSON.parse(bodiesOf(event, ['n8n']).n8n ?? '') as Record<string, unknown>;

describe('bodies', () => {
  it('are made only in the formats somebody wants', () => {
    expect(Object.keys(bodiesOf(callEnded(callEndedV1.sample, meta), ['flat', 'flat']))).toEqual(['flat']);
  });

  it('carry the time of the event, not of sending', () => {
    expect(n8nOf(callEnded(callEndedV1.sample, meta))).toMatchObject({
      eventId: `vapi:${callEndedV1.sample.providerCallId}:call-ended:1795183500000`,
      timestamp: callEndedV1.sample.endedAt,
    });
    expect(n8nOf(callStarted(callStartedV1.sample, meta))).toMatchObject({
      eventType: 'call.call-started',
      timestamp: callStartedV1.sample.startedAt,
      data: { status: 'in_progress', vapi: { callId: callStartedV1.sample.providerCallId } },
    });
  });

  it('write directions in lower and outcomes in upper case in format n8n', () => {
    const { data } = n8nOf(callEnded({ ...callEndedV1.sample, outcome: 'lead_captured' }, meta));
    expect(data).toMatchObject({ direction: 'inbound', outcome: 'LEAD_CAPTURED' });
  });

  it('tell of text messages and tests in every format', () => {
    const message = bodiesOf(messageReceived(smsReceivedV1.sample, meta), ['standard', 'n8n', 'flat']);
    for (const body of Object.values(message)) expect(body).toContain('Merci, à demain !');
    const test = bodiesOf(testOf(newId(), newId(), new Date()), ['standard', 'n8n', 'flat']);
    expect(Object.values(test).map((body) => body.includes('This is a test.'))).toEqual([true, true, true]);
  });
});
