import { anEvent, aVapiEvent } from '../../../test/calls-events';
import type { CallObservation } from '../../observations';
import { normaliseVapi } from './normalise';
import { statusOfEndedReason } from './normalise-ended-reason';
import { centsOf } from './normalise-report';

const read = (...args: Parameters<typeof aVapiEvent>): CallObservation => {
  const [observation, ...more] = normaliseVapi(aVapiEvent(...args));
  if (observation?.about !== 'call' || more.length > 0) throw new Error('expected one call observation');
  return observation;
};
const CALL = '019cb3a0-1111-7000-8000-000000000001';

describe('Vapi status updates', () => {
  it.each([
    ['queued', 'queued'],
    ['ringing', 'ringing'],
    ['in-progress', 'in_progress'],
    ['forwarding', 'in_progress'],
    ['ended', 'completed'],
  ])('reads %s as %s', (name, status) => {
    expect(read(`status-update-${name}`)).toMatchObject({
      status,
      eventId: `vapi:${CALL}:status-update:${name}`,
    });
  });

  it('knows who called whom from the type of the call', () => {
    expect(read('status-update-ringing')).toMatchObject({
      direction: 'inbound',
      from: '+15555550123',
      to: '+15555550100',
      aiHandled: true,
      providerAgentId: '0c0ffee0-0000-4000-8000-0000000000cc',
    });
    expect(read('status-update-queued')).toMatchObject({
      direction: 'outbound',
      from: '+15555550100',
      to: '+15555550123',
    });
  });

  it('takes the end as provisional', () => {
    const ended = read('status-update-ended');
    expect(ended).toMatchObject({ durationSeconds: 20, endedReason: 'customer-ended-call' });
    expect(ended.final).toBeUndefined();
  });

  it('knows a transfer, and where it went', () => {
    expect(read('status-update-forwarding')).toMatchObject({
      outcome: 'transferred',
      details: { destination: '+15555550144' },
    });
  });

  it('ignores a status it does not know', () => {
    expect(normaliseVapi(aVapiEvent('status-update-ringing', { status: 'deletion-failed' }))).toEqual([]);
  });
});

describe('Vapi during a call', () => {
  it('reads final lines, whichever way the subscription is spelled', () => {
    expect(read('transcript-final')).toMatchObject({
      status: 'in_progress',
      transcriptLine: {
        speaker: 'user',
        text: expect.stringContaining('déplacer mon rendez-vous') as string,
      },
    });
    expect(read('transcript-final-typed').transcriptLine?.speaker).toBe('agent');
  });

  it.each(['transcript-partial', 'speech-update', 'conversation-update'])('ignores %s', (name) => {
    expect(normaliseVapi(aVapiEvent(name))).toEqual([]);
  });

  it.each(['tool-calls', 'tool-calls-flat', 'function-call-legacy'])('tells %s on the timeline', (name) => {
    expect(read(name)).toMatchObject({
      eventType: 'tool-calls',
      details: { tools: [{ name: 'find_slots' }] },
    });
  });

  it('does not take a slow answer for a hang-up', () => {
    expect(read('hang')).toMatchObject({ eventType: 'hang', status: 'in_progress' });
  });
});

describe('Vapi end-of-call report', () => {
  const report = read('end-of-call-report');

  it('has the last word', () => {
    expect(report).toMatchObject({
      status: 'completed',
      final: true,
      durationSeconds: 20,
      startedAt: new Date('2026-03-03T15:04:08Z'),
      endedAt: new Date('2026-03-03T15:04:28Z'),
      providerCostCents: 3,
      summary: 'Hélène Côté a déplacé son rendez-vous à jeudi 14 h 30.',
      structuredData: { intent: 'reschedule', preferred_day: 'jeudi' },
      language: 'fr-CA',
      outcome: 'info_provided',
    });
  });

  it('places every spoken line in the call', () => {
    expect(report.transcript?.segments).toHaveLength(5);
    expect(report.transcript?.segments[1]).toEqual({
      speaker: 'user',
      text: 'Bonjour, je voudrais déplacer mon rendez-vous à jeudi après-midi, c’est possible ?',
      offsetMs: 5100,
    });
    expect(report.transcript?.content).toMatch(/^AI: Clinique dentaire Émeraude/);
  });

  it('keeps identifiers of recordings, not presigned addresses, and no credentials', () => {
    expect(report.recording).toEqual({
      providerRecordingId: `${CALL}:mono`,
      url: `https://storage.example.test/${CALL}-mono.wav`,
    });
    expect(JSON.stringify(report)).not.toMatch(/FAKE-REDACT-ME|controlUrl|sig=/);
  });

  it('reads the same from a report with legacy fields', () => {
    const { details: _details, ...legacy } = read('end-of-call-report-with-legacy-fields');
    expect(legacy).toMatchObject({
      durationSeconds: 20,
      summary: report.summary,
      transcript: report.transcript,
    });
  });

  it('reads a call that nobody answered', () => {
    const unanswered = read('end-of-call-report-no-answer');
    expect(unanswered).not.toHaveProperty('transcript');
    expect(unanswered).toMatchObject({
      status: 'no_answer',
      outcome: 'missed',
      durationSeconds: 0,
      providerCostCents: 0,
    });
  });

  it('books when there is an appointment', () => {
    const analysis = { structuredData: { appointmentDate: '2026-03-05T14:30:00-05:00', outcome: 'autre' } };
    expect(read('end-of-call-report', { analysis }).outcome).toBe('booked');
  });

  it.each([
    ['LEAD_CAPTURED', 'lead_captured', undefined],
    ['Not interested', 'not_interested', undefined],
    ['À rappeler en été', 'other', 'À rappeler en été'],
  ])('takes the word of the agent: %s', (outcome, expected, text) => {
    const told = read('end-of-call-report', { analysis: { structuredData: { outcome } } });
    expect(told).toMatchObject({ outcome: expected });
    expect(told.outcomeText).toBe(text);
  });

  it('makes a transcript of messages, and segments of a transcript', () => {
    const messages = [{ role: 'user', message: 'Allô ?', secondsFromStart: 1.25 }];
    expect(read('end-of-call-report', { artifact: { messages } }).transcript).toEqual({
      content: 'User: Allô ?',
      segments: [{ speaker: 'user', text: 'Allô ?', offsetMs: 1250 }],
    });
    const written = read('end-of-call-report', { artifact: { transcript: 'AI: Oui ?\nUser: Non.' } });
    expect(written.transcript?.segments.map(({ speaker }) => speaker)).toEqual(['agent', 'user']);
  });

  it('survives garbage in what it can do without', () => {
    const odd = {
      cost: 'free',
      analysis: [],
      artifact: { messages: 'none', recordingUrl: 7 },
      startedAt: 'soon',
    };
    expect(read('end-of-call-report', odd).final).toBe(true);
    expect(read('end-of-call-report', odd)).not.toHaveProperty('providerCostCents');
  });

  it.each([
    [0.021, 2],
    [0.025, 3],
    [1.005, 101],
    [0, 0],
  ])('rounds %d dollars to %d cents', (dollars, cents) => {
    expect(centsOf(dollars)).toBe(cents);
  });
});

describe('why a Vapi call ended', () => {
  it.each([
    ['customer-ended-call', 'completed'],
    ['assistant-forwarded-call', 'completed'],
    ['silence-timed-out', 'completed'],
    ['voicemail', 'completed'],
    ['customer-busy', 'busy'],
    ['customer-did-not-answer', 'no_answer'],
    ['customer-did-not-give-microphone-permission', 'no_answer'],
    ['manually-canceled', 'cancelled'],
    ['call.in-progress.error-vapifault-openai-llm-failed', 'failed'],
    ['assistant-ended-call-with-error', 'failed'],
    ['pipeline-error-eleven-labs-voice-failed', 'failed'],
    ['something-new', 'failed'],
  ])('reads %s as %s', (reason, status) => {
    expect(statusOfEndedReason(reason)).toBe(status);
  });
});

describe('what Vapi gets wrong', () => {
  it.each(['not json', '[]', '{"message":{}}', '{"message":{"type":"hang"}}'])('names %s', (body) => {
    expect(() => normaliseVapi(anEvent('vapi', 'application/json', body))).toThrow(
      expect.objectContaining({ name: 'MalformedPayload' }),
    );
  });

  it('drops NUL and lone surrogates, which no table can hold', () => {
    const analysis = { summary: 'a\0b', structuredData: { 'k\0': '\ud800' } };
    expect(read('end-of-call-report', { analysis })).toMatchObject({
      summary: 'ab',
      structuredData: { k: '\ufffd' },
    });
  });

  it('has nothing to say of a type it does not know', () => {
    expect(normaliseVapi(aVapiEvent('hang', { type: 'model-output' }))).toEqual([]);
  });
});
