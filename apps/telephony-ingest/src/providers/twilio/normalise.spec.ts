import { anEvent, aTwilioEvent } from '../../../test/calls-events';
import type { CallObservation, MessageObservation } from '../../observations';
import { normaliseTwilio } from './normalise';

const call = (...args: Parameters<typeof aTwilioEvent>): CallObservation => {
  const [observation, ...more] = normaliseTwilio(aTwilioEvent(...args));
  if (observation?.about !== 'call' || more.length > 0) throw new Error('expected one call observation');
  return observation;
};
const message = (...args: Parameters<typeof aTwilioEvent>): MessageObservation => {
  const [observation] = normaliseTwilio(aTwilioEvent(...args));
  if (observation?.about !== 'message') throw new Error('expected a message observation');
  return observation;
};
const CALL = 'CA00000000000000000000000000000001';

describe('Twilio calls', () => {
  it('reads an inbound call on the line', () => {
    expect(call('voice-inbound')).toMatchObject({
      providerCallId: CALL,
      status: 'ringing',
      direction: 'inbound',
      from: '+15555550123',
      to: '+15555550100',
      eventId: `twilio:${CALL}:ringing:request`,
    });
  });

  it.each([
    ['client:helene_cote', 'client:helene_cote'],
    ['anonymous', 'anonymous'],
    ['sip:desk@example.test', 'sip:desk@example.test'],
    ['(514) 555-0142', '+15145550142'],
  ])('keeps the caller %s as %s', (From, from) => {
    expect(call('voice-inbound', { From }).from).toBe(from);
  });

  it.each([
    ['initiated', 'queued', undefined],
    ['ringing', 'ringing', undefined],
    ['answered', 'in_progress', undefined],
    ['completed', 'completed', true],
    ['busy', 'busy', true],
    ['no-answer', 'no_answer', true],
    ['canceled', 'cancelled', true],
    ['failed', 'failed', true],
  ])('reads the callback %s as %s', (name, status, final) => {
    const observation = call(`call-status-${name}`);
    expect(observation.status).toBe(status);
    expect(observation.final || undefined).toBe(final);
  });

  it('counts seconds, not the minutes of Duration', () => {
    expect(call('call-status-completed', { CallDuration: '61', Duration: '2' })).toMatchObject({
      durationSeconds: 61,
      endedAt: new Date('2026-03-03T15:05:05Z'),
      startedAt: new Date('2026-03-03T15:04:04Z'),
      eventId: `twilio:${CALL}:completed:3`,
      outcome: 'other',
    });
  });

  it('knows a missed call', () => {
    expect(call('call-status-busy')).toMatchObject({ durationSeconds: 0, outcome: 'missed' });
  });

  it('is not final at the word of a request during the call', () => {
    const hungUp = call('voice-inbound', { CallStatus: 'completed' });
    expect(hungUp.status).toBe('completed');
    expect(hungUp).not.toHaveProperty('final');
    expect(hungUp).not.toHaveProperty('durationSeconds');
  });

  it('tells a leg on its parent, as a transfer', () => {
    const leg = call('call-status-child-leg-completed');
    expect(leg).toMatchObject({
      providerCallId: CALL,
      eventType: 'leg.completed',
      outcome: 'transferred',
      details: { callSid: 'CA00000000000000000000000000000002', callDuration: '37' },
    });
    for (const ofTheLeg of ['status', 'durationSeconds', 'from', 'to'])
      expect(leg).not.toHaveProperty(ofTheLeg);
  });

  it('tells a dial that nobody answered without an outcome', () => {
    expect(call('dial-action-no-answer').status).toBe('in_progress');
    expect(call('dial-action-no-answer')).not.toHaveProperty('outcome');
    expect(call('dial-action-completed').outcome).toBe('transferred');
  });

  it('reads a recording when it is there, and only then', () => {
    expect(call('recording-completed').recording).toEqual({
      providerRecordingId: 'RE00000000000000000000000000000001',
      url: expect.stringContaining('/Recordings/RE00000000000000000000000000000001') as string,
      durationSeconds: 47,
    });
    expect(call('recording-in-progress').recording).toBeUndefined();
    expect(call('recording-absent').recording).toBeUndefined();
    expect(call('call-status-completed-recorded').recording?.durationSeconds).toBe(47);
  });

  it('hears a machine', () => {
    expect(call('amd-async-result')).toMatchObject({ status: 'in_progress', outcome: 'voicemail' });
  });

  it('reads live lines with their speaker, time and accents', () => {
    expect(call('rt-transcription-content-final')).toMatchObject({
      occurredAt: new Date('2026-03-03T15:04:23.202Z'),
      language: 'fr-CA',
      transcriptLine: {
        lineId: 'GT00000000000000000000000000000001:00000005',
        speaker: 'user',
        text: 'Bonjour, je voudrais déplacer mon rendez-vous à jeudi.',
      },
    });
    expect(call('rt-transcription-content-agent').transcriptLine?.speaker).toBe('agent');
    expect(normaliseTwilio(aTwilioEvent('rt-transcription-content-partial'))).toEqual([]);
  });

  it('reads what was left on a recording', () => {
    expect(call('record-transcription-completed').transcript?.content).toContain('Hélène Côté');
  });
});

describe('Twilio messages', () => {
  it('reads a text with its accents', () => {
    expect(message('sms-inbound')).toMatchObject({
      direction: 'inbound',
      status: 'received',
      from: '+15555550123',
      body: 'Bonjour, est-ce possible de déplacer mon rendez-vous à jeudi ? Merci, Hélène',
      segments: 1,
    });
  });

  it('takes a picture without words as an empty text', () => {
    expect(message('mms-inbound', { Body: undefined }).body).toBe('');
  });

  it.each([
    ['sent', 'sent', undefined],
    ['delivered', 'delivered', undefined],
    ['undelivered', 'failed', '30005'],
    ['failed', 'failed', '30007'],
  ])('reads the report %s as %s', (name, status, error) => {
    const report = message(`sms-status-${name}`);
    expect(report).toMatchObject({ direction: 'outbound', status });
    expect(report.error).toBe(error);
    expect(report.body).toBeUndefined();
  });
});

describe('what Twilio gets wrong', () => {
  it.each([
    ['a status of its own', { CallStatus: 'levitating' }],
    ['no call id', { CallSid: undefined }],
  ])('names %s', (_what, changes) => {
    expect(() => call('call-status-completed', changes)).toThrow(
      expect.objectContaining({ name: 'MalformedPayload' }),
    );
  });

  it('names transcription data that is no JSON', () => {
    const broken = { TranscriptionData: '{"transcript": ' };
    expect(() => call('rt-transcription-content-final', broken)).toThrow('TranscriptionData');
  });

  it('drops NUL, which no table can hold', () => {
    expect(message('sms-inbound', { Body: 'a\0b' }).body).toBe('ab');
  });

  it('has nothing to say of an event it does not know', () => {
    const unknown = anEvent('twilio', 'application/x-www-form-urlencoded', 'AccountSid=AC1&EventType=novel');
    expect(normaliseTwilio(unknown)).toEqual([]);
  });

  it('reads a GET from its query', () => {
    const query = 'CallSid=CA1&CallStatus=ringing&Direction=inbound&From=%2B15555550123&To=%2B15555550100';
    const asked = anEvent('twilio', '', '', `/v1/webhooks/twilio/voice?${query}`);
    expect(normaliseTwilio(asked)).toMatchObject([{ status: 'ringing', from: '+15555550123' }]);
  });
});
