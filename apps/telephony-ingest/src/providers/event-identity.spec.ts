import fc from 'fast-check';
import type { WebhookRequest } from '../edge/webhook';
import { readTwilioForm } from './twilio/form';
import { identifyTwilio } from './twilio/event-identity';
import { identifyVapi } from './vapi/event-identity';

function twilio(form: Record<string, string>, step?: string) {
  const request = requestOf(new URLSearchParams(form).toString(), 'application/x-www-form-urlencoded');
  return identifyTwilio(request, readTwilioForm(request), step);
}

function vapi(message: object) {
  return identifyVapi(requestOf(JSON.stringify({ message }), 'application/json'));
}

function requestOf(body: string, contentType: string): WebhookRequest {
  return { method: 'POST', path: '/', headers: { 'content-type': contentType }, body: Buffer.from(body) };
}

const hex32 = fc.string({ minLength: 32, maxLength: 32, unit: fc.constantFrom(...'0123456789abcdef') });
const callSid = hex32.map((hex) => `CA${hex}`);
const callStatus = fc.constantFrom('initiated', 'ringing', 'in-progress', 'completed', 'busy', 'no-answer');
const statusForm = fc.record({
  CallSid: callSid,
  CallStatus: callStatus,
  SequenceNumber: fc.nat(9).map(String),
  CallbackSource: fc.constant('call-progress-events'),
});
const vapiStatus = fc.record({
  type: fc.constant('status-update'),
  status: fc.constantFrom('queued', 'ringing', 'in-progress', 'forwarding', 'ended'),
  call: fc.record({ id: fc.uuid() }),
});

describe('event identity', () => {
  it('is the same for every delivery of one Twilio status, whatever else the request says', () => {
    fc.assert(
      fc.property(
        statusForm,
        fc.dictionary(fc.stringMatching(/^Extra[A-Z]{1,5}$/), fc.string()),
        (form, extra) => {
          expect(twilio({ ...extra, ...form }).dedupeKey).toBe(twilio(form).dedupeKey);
        },
      ),
    );
  });

  it('differs between two Twilio statuses that differ in call, status or sequence', () => {
    fc.assert(
      fc.property(statusForm, statusForm, (one, other) => {
        const same = JSON.stringify(one) === JSON.stringify(other);
        expect(twilio(one).dedupeKey === twilio(other).dedupeKey).toBe(same);
      }),
    );
  });

  it('is the same for every delivery of one Vapi report although its presigned addresses change', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.webUrl(), fc.webUrl(), (id, one, other) => {
        const report = (url: string) => ({
          type: 'end-of-call-report',
          call: { id },
          artifact: { presignedMonoUrl: url },
        });
        expect(vapi(report(one)).dedupeKey).toBe(vapi(report(other)).dedupeKey);
      }),
    );
  });

  it('differs between two Vapi statuses that differ in call or status', () => {
    fc.assert(
      fc.property(vapiStatus, vapiStatus, (one, other) => {
        const same = one.call.id === other.call.id && one.status === other.status;
        expect(vapi(one).dedupeKey === vapi(other).dedupeKey).toBe(same);
      }),
    );
  });

  it('tells transcript lines apart by speaker, moment and words', () => {
    const line = {
      type: 'transcript',
      role: 'user',
      transcriptType: 'final',
      timestamp: 1,
      call: { id: 'c' },
    };
    const keys = [
      { ...line, transcript: 'Oui' },
      { ...line, transcript: 'Non' },
      { ...line, transcript: 'Oui', timestamp: 2 },
      { ...line, transcript: 'Oui', role: 'assistant' },
      { ...line, transcript: 'Oui', transcriptType: 'partial' },
    ].map((message) => vapi(message).dedupeKey);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('gives keys that are short and printable whatever is in the event', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (id, status) => {
        const { dedupeKey, kind, subject } = vapi({ type: 'status-update', status, call: { id } });
        for (const name of [dedupeKey, kind, subject ?? '']) expect(name).toMatch(/^[\w.:+@/|-]{0,300}$/);
      }),
    );
  });

  it.each([
    [{ CallSid: 'CA1', CallStatus: 'ringing' }, 'voice', 'voice|CA1|ringing'],
    [{ CallSid: 'CA1', CallStatus: 'in-progress' }, 'voice', 'voice|CA1|in-progress'],
    [{ CallSid: 'CA1', CallStatus: 'ringing' }, undefined, 'voice|CA1|ringing'],
    [{ CallSid: 'CA1', CallStatus: 'ringing' }, 'status', 'call-status|CA1|ringing'],
    [{ CallSid: 'CA1', CallStatus: 'completed' }, undefined, 'call-status|CA1|completed'],
    [
      { CallSid: 'CA1', CallStatus: 'completed', SequenceNumber: '3', RecordingSid: 'RE1' },
      undefined,
      'call-status|CA1|completed|3',
    ],
    [
      { CallSid: 'CA1', RecordingSid: 'RE1', RecordingStatus: 'completed' },
      undefined,
      'recording|RE1|completed',
    ],
    [
      { CallSid: 'CA1', RecordingSid: 'RE1', RecordingUrl: 'u', CallStatus: 'in-progress' },
      'voice',
      'record|RE1',
    ],
    [{ CallSid: 'CA1', DialCallSid: 'CA2', DialCallStatus: 'busy' }, 'voice', 'dial|CA1|CA2|busy'],
    [{ CallSid: 'CA1', AnsweredBy: 'human', MachineDetectionDuration: '9' }, undefined, 'amd|CA1'],
    [
      { CallSid: 'CA1', TranscriptionSid: 'GT1', TranscriptionEvent: 'x', SequenceId: '5' },
      undefined,
      'transcription|GT1|5',
    ],
    [{ MessageSid: 'SM1', SmsStatus: 'received', Body: 'Allô' }, 'sms', 'message|SM1'],
    [{ MessageSid: 'SM1', MessageStatus: 'sent', SmsStatus: 'sent' }, undefined, 'message-status|SM1|sent'],
  ])('reads %j at step %s as %s', (form, step, key) => {
    expect(twilio(form, step).dedupeKey).toBe(key);
  });

  it('knows a filtered subscription by its plain name', () => {
    expect(vapi({ type: 'transcript[transcriptType="final"]', call: { id: 'c' } })).toMatchObject({
      kind: 'transcript',
      known: true,
    });
  });

  it('keeps unknown kinds apart by their bytes', () => {
    const [one, other] = [vapi({ type: 'chat.created', n: 1 }), vapi({ type: 'chat.created', n: 2 })];
    expect(one.known).toBe(false);
    expect(one.dedupeKey).not.toBe(other.dedupeKey);
  });
});
