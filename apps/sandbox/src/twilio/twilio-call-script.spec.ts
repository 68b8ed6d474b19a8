import { validateRequest } from 'twilio/lib/webhooks/webhooks';
import type { TwilioCallInput } from './twilio-call';
import { twilioCallEvents } from './twilio-call-script';
import { signedTwilioHeaders } from './twilio-signature';

const authToken = 'test_auth_token_0123456789abcdef';

function aCall(more: Partial<TwilioCallInput> = {}): TwilioCallInput {
  return {
    webhookUrl: 'https://hooks.example.test/webhooks/twilio?connection=7',
    authToken,
    callSid: 'CA00000000000000000000000000000001',
    from: '+14185550123',
    to: '+14185550100',
    durationSeconds: 133,
    ...more,
  };
}

function formOf(form: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(form));
}

describe('a Twilio call', () => {
  it('is signed as in the published vector, blank and accented fields included', () => {
    const headers = signedTwilioHeaders(
      authToken,
      'https://hooks.example.test/webhooks/twilio/voice/status?tenant=acme&k=1',
      {
        AccountSid: 'AC00000000000000000000000000000001',
        ApiVersion: '2010-04-01',
        CallSid: 'CA00000000000000000000000000000001',
        CallStatus: 'completed',
        CallDuration: '49',
        Duration: '1',
        Direction: 'inbound',
        From: '+15555550123',
        To: '+15555550100',
        Timestamp: 'Tue, 03 Mar 2026 15:04:05 +0000',
        SequenceNumber: '3',
        CallbackSource: 'call-progress-events',
        CallerName: '',
        FromCity: 'MONTRÉAL',
      },
    );
    expect(headers['x-twilio-signature']).toBe('kLIa6kG0ukjUS11jgixcla7Ma9U=');
  });

  it('signs every webhook for the address it goes to', () => {
    for (const { url, form, headers } of twilioCallEvents(
      aCall({ recording: true, transcriptLanguage: 'fr-CA' }),
    )) {
      const signature = headers['x-twilio-signature'] ?? '';
      expect(validateRequest(authToken, signature, url, formOf(form))).toBe(true);
      expect(validateRequest(authToken, signature, url, { ...formOf(form), CallSid: 'CAother' })).toBe(false);
    }
  });

  it('tells voice, four statuses in sequence and then the recording', () => {
    const events = twilioCallEvents(aCall({ recording: true }));
    expect(events.map(({ kind, path }) => `${kind} ${path}`)).toEqual([
      'voice /voice',
      'status:initiated ',
      'status:ringing ',
      'status:in-progress ',
      'status:completed ',
      'recording:completed /recording',
    ]);
    const sequence = events.map(({ form }) => formOf(form)['SequenceNumber']);
    expect(sequence).toEqual([undefined, '0', '1', '2', '3', undefined]);
    expect(events[0]?.url).toBe('https://hooks.example.test/webhooks/twilio/voice?connection=7');
  });

  it('counts CallDuration in seconds and Duration in started minutes', () => {
    const final = formOf(twilioCallEvents(aCall()).at(-1)?.form ?? '');
    expect(final).toMatchObject({ CallStatus: 'completed', CallDuration: '133', Duration: '3' });
  });

  it.each(['no-answer', 'busy', 'failed'] as const)(
    'ends %s without talking and without a recording',
    (scenario) => {
      const events = twilioCallEvents(aCall({ scenario, recording: true }));
      expect(events.map(({ kind }) => kind)).toEqual([
        'voice',
        'status:initiated',
        'status:ringing',
        `status:${scenario}`,
      ]);
      expect(formOf(events.at(-1)?.form ?? '')).toMatchObject({ CallDuration: '0', Duration: '0' });
    },
  );

  it('starts counting at the first event subscribed to', () => {
    const events = twilioCallEvents(aCall({ statusEvents: ['completed'] }));
    expect(events.map(({ kind }) => kind)).toEqual(['voice', 'status:completed']);
    expect(formOf(events[1]?.form ?? '')['SequenceNumber']).toBe('0');
  });

  it('puts spoken French as JSON inside a form field', () => {
    const spoken = twilioCallEvents(aCall({ transcriptLanguage: 'fr-CA' }))
      .map(({ form }) => formOf(form))
      .filter(({ TranscriptionEvent }) => TranscriptionEvent === 'transcription-content');
    expect(spoken.map(({ SequenceId }) => SequenceId)).toEqual(['2', '3', '4', '5']);
    expect(JSON.parse(spoken[1]?.['TranscriptionData'] ?? '')).toEqual({
      transcript: 'Bonjour, ma thermopompe ne chauffe plus. Pouvez-vous passer à Québec demain ?',
      confidence: 0.96,
    });
  });
});
