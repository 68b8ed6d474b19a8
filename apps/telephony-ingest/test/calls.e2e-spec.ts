import {
  callEndedV1,
  callEnrichedV1,
  type CallerContext,
  callStartedV1,
  getCall,
  getTranscript,
  listCalls,
  newId,
} from '@parley/contracts';
import { aCaller, eventually } from '@parley/testing';
import * as fc from 'fast-check';
import type { JournalledEvent } from '../src/observations';
import { aTwilioEvent, aVapiEventOf } from './calls-events';
import { CallsHarness } from './calls-harness';

const aTwilioCall = (name: string, sid: string, changes: Record<string, string> = {}) =>
  aTwilioEvent(name, { CallSid: sid, ...changes });

describe('calls', () => {
  let calls: CallsHarness;

  beforeAll(async () => {
    calls = await CallsHarness.start();
  });
  afterAll(() => calls.stop());

  it('tells a French call from ringing to report, accents intact', async () => {
    const owner = aCaller();
    const callId = newId();
    for (const name of [
      'assistant-request',
      'status-update-ringing',
      'status-update-in-progress',
      'transcript-final',
      'tool-calls',
      'status-update-ended',
      'end-of-call-report',
    ]) {
      await calls.apply(owner, aVapiEventOf(callId, name));
    }

    expect(await calls.announcedTo(owner)).toEqual([callStartedV1.type, callEndedV1.type]);
    expect(calls.announcementsOf(owner)[1]?.payload).toMatchObject({
      status: 'completed',
      durationSeconds: 20,
      transcript: expect.stringContaining(
        'déplacer mon rendez-vous à jeudi après-midi, c’est possible ?',
      ) as string,
      summary: 'Hélène Côté a déplacé son rendez-vous à jeudi 14 h 30.',
      language: 'fr-CA',
    });
    const { data } = await calls.ask(owner, (rpc) => rpc.call(listCalls, {}));
    expect(data).toMatchObject([{ providerCallId: callId, billedMinutes: 1, outcome: 'info_provided' }]);
    const detail = await calls.ask(owner, (rpc) => rpc.call(getCall, { id: data[0]?.id ?? '' }));
    expect(detail.events.map(({ type }) => type)).toContain('tool-calls');
    expect(detail.recordings).toHaveLength(1);
    expect(detail.transcript).toMatchObject({ complete: true, segments: { length: 5 } });
    expect(JSON.stringify(detail)).not.toContain('FAKE-REDACT-ME');
  });

  it('shows what a call cost to owners and admins only', async () => {
    const owner = aCaller();
    await calls.apply(owner, aVapiEventOf(newId(), 'end-of-call-report'));
    const { data } = await calls.ask(owner, (rpc) => rpc.call(listCalls, {}));
    const id = data[0]?.id ?? '';
    const read = (roles: CallerContext['roles']) =>
      calls.ask({ ...owner, roles }, (rpc) => rpc.call(getCall, { id }));
    expect((await read(['owner'])).providerCostCents).toBe(3);
    expect((await read(['admin'])).providerCostCents).toBe(3);
    expect(await read(['user'])).not.toHaveProperty('providerCostCents');
    expect(data[0]).not.toHaveProperty('providerCostCents');
  });

  it('counts every event once, however often and in whatever order eight workers apply it', async () => {
    const owner = aCaller();
    const callId = newId();
    const story = [
      'status-update-ringing',
      'status-update-in-progress',
      'hang',
      'status-update-ended',
      'end-of-call-report',
    ];
    const deliveries = Array.from({ length: 8 }, (_, worker) => [
      ...story.slice(worker % 5),
      ...story.slice(0, worker % 5),
    ]);
    await Promise.all(
      deliveries.map(async (names) => {
        for (const name of names) await calls.apply(owner, aVapiEventOf(callId, name));
      }),
    );

    const types = await calls.announcedTo(owner);
    expect(types.filter((type) => type === callEndedV1.type)).toHaveLength(1);
    expect(types.filter((type) => type === callStartedV1.type).length).toBeLessThanOrEqual(1);
    if (types.includes(callStartedV1.type)) expect(types[0]).toBe(callStartedV1.type);
    const { data } = await calls.ask(owner, (rpc) => rpc.call(listCalls, {}));
    expect(data).toMatchObject([{ status: 'completed', durationSeconds: 20 }]);
    const { events } = await calls.ask(owner, (rpc) => rpc.call(getCall, { id: data[0]?.id ?? '' }));
    expect(events).toHaveLength(story.length);
  });

  it.each<[string, (callId: string) => JournalledEvent[]]>([
    [
      'Vapi',
      (callId) =>
        [
          'status-update-ringing',
          'status-update-in-progress',
          'transcript-final',
          'tool-calls',
          'status-update-ended',
          'end-of-call-report',
        ].map((name) => aVapiEventOf(callId, name)),
    ],
    [
      'Twilio',
      (sid) =>
        [
          'call-status-initiated',
          'call-status-ringing',
          'call-status-answered',
          'call-status-completed',
          'rt-transcription-content-final',
          'rt-transcription-content-agent',
          'recording-completed',
          'amd-async-result',
        ].map((name) => aTwilioCall(name, sid)),
    ],
  ])('ends in the same call whatever the order of its %s events', async (_provider, story) => {
    const told = async (order: <T>(events: T[]) => T[]) => {
      const owner = aCaller();
      for (const event of order(story('the-call'))) await calls.apply(owner, event);
      const types = await calls.announcedTo(owner);
      expect(types.filter((type) => type === callEndedV1.type)).toHaveLength(1);
      const { data } = await calls.ask(owner, (rpc) => rpc.call(listCalls, {}));
      const {
        id: _id,
        version: _version,
        createdAt: _at,
        updatedAt: _changed,
        ...call
      } = await calls.ask(owner, (rpc) => rpc.call(getCall, { id: data[0]?.id ?? '' }));
      const { callId: _callId, ...transcript } = call.transcript ?? { callId: null };
      const recordings = call.recordings.map(({ providerRecordingId }) => providerRecordingId);
      return { ...call, transcript, recordings, events: call.events.map(({ eventId }) => eventId).sort() };
    };
    const inOrder = await told((events) => events);
    const indices = story('x').map((_, n) => n);
    for (const shuffled of fc.sample(fc.shuffledSubarray(indices, { minLength: indices.length }), 15)) {
      expect(await told((events) => shuffled.flatMap((n) => events.slice(n, n + 1)))).toEqual(inOrder);
    }
  });

  it('announces no start of a call of which only the end was seen', async () => {
    const owner = aCaller();
    const sid = `CA${newId()}`;
    await calls.apply(owner, aTwilioCall('call-status-inbound-completed', sid));
    await calls.apply(owner, aTwilioCall('call-status-ringing', sid));
    expect(await calls.announcedTo(owner)).toEqual([callEndedV1.type]);
  });

  it('enriches an ended call with what comes late, in rising versions', async () => {
    const owner = aCaller();
    const sid = `CA${newId()}`;
    for (const name of ['voice-inbound', 'call-status-inbound-completed', 'recording-completed']) {
      await calls.apply(owner, aTwilioCall(name, sid));
      await calls.apply(owner, aTwilioCall(name, sid));
    }
    await calls.apply(owner, aTwilioCall('record-transcription-completed', sid));

    expect(await calls.announcedTo(owner)).toEqual([
      callStartedV1.type,
      callEndedV1.type,
      callEnrichedV1.type,
      callEnrichedV1.type,
    ]);
    const [, ended, recorded, transcribed] = calls.announcementsOf(owner).map(({ payload }) => payload);
    expect(ended).toMatchObject({ durationSeconds: 49, transcript: null });
    expect(transcribed?.transcript).toContain('Hélène Côté');
    expect(transcribed?.version).toBeGreaterThan(recorded?.version ?? Infinity);
  });

  it('takes a better reading of a replayed event, and is left alone by the same one', async () => {
    const owner = aCaller();
    const callId = newId();
    const report = aVapiEventOf(callId, 'end-of-call-report');
    const better = aVapiEventOf(callId, 'end-of-call-report', {
      analysis: { summary: 'Rendez-vous déplacé.' },
    });
    for (const event of [report, report, better, better]) await calls.apply(owner, event);

    expect(await calls.announcedTo(owner)).toEqual([callEndedV1.type, callEnrichedV1.type]);
    const { data } = await calls.ask(owner, (rpc) => rpc.call(listCalls, {}));
    expect(data).toMatchObject([{ summary: 'Rendez-vous déplacé.', version: 2 }]);
  });

  it('puts the lines of a live transcript together, the late ones too', async () => {
    const owner = aCaller();
    const sid = `CA${newId()}`;
    const read = async () => {
      const { data } = await calls.ask(owner, (rpc) => rpc.call(listCalls, {}));
      return calls.ask(owner, (rpc) => rpc.call(getTranscript, { id: data[0]?.id ?? '' }));
    };
    await calls.apply(owner, aTwilioCall('rt-transcription-content-final', sid));
    await calls.apply(owner, aTwilioCall('call-status-answered', sid));
    expect(await read()).toMatchObject({
      complete: false,
      segments: [{ speaker: 'user', offsetMs: 7202 }],
    });
    await calls.apply(owner, aTwilioCall('call-status-completed', sid));
    await calls.apply(owner, aTwilioCall('rt-transcription-content-agent', sid));

    expect(await read()).toMatchObject({
      complete: true,
      language: 'fr-CA',
      content:
        'AI: Clinique dentaire Émeraude, comment puis-je vous aider ?\n' +
        'User: Bonjour, je voudrais déplacer mon rendez-vous à jeudi.',
      segments: [
        { speaker: 'agent', offsetMs: 3303 },
        { speaker: 'user', offsetMs: 7202 },
      ],
    });
    expect(await calls.announcedTo(owner)).toEqual([
      callStartedV1.type,
      callEndedV1.type,
      callEnrichedV1.type,
    ]);
  });

  it('announces an end without its report after the grace period, and the report as enrichment', async () => {
    await calls.restart(1);
    const owner = aCaller();
    const callId = newId();
    await calls.apply(owner, aVapiEventOf(callId, 'status-update-in-progress'));
    await calls.apply(owner, aVapiEventOf(callId, 'status-update-ended'));
    await eventually(
      () => expect(calls.announcementsOf(owner).map(({ type }) => type)).toContain(callEndedV1.type),
      15_000,
    );
    await calls.apply(owner, aVapiEventOf(callId, 'end-of-call-report'));

    expect(await calls.announcedTo(owner)).toEqual([
      callStartedV1.type,
      callEndedV1.type,
      callEnrichedV1.type,
    ]);
    const [, ended, enriched] = calls.announcementsOf(owner).map(({ payload }) => payload);
    expect(ended).toMatchObject({ status: 'completed', durationSeconds: 20, summary: null });
    expect(enriched?.summary).toContain('Hélène Côté');
    await calls.restart();
  });

  it('hides the calls of others, in every question and every search', async () => {
    const [owner, stranger] = [aCaller(), aCaller()];
    await calls.apply(owner, aVapiEventOf(newId(), 'end-of-call-report'));
    const { data } = await calls.ask(owner, (rpc) => rpc.call(listCalls, { q: 'rendez-vous' }));
    expect(data).toHaveLength(1);

    for (const request of [{}, { q: 'rendez-vous' }]) {
      expect((await calls.ask(stranger, (rpc) => rpc.call(listCalls, request))).data).toEqual([]);
    }
    const id = data[0]?.id ?? '';
    for (const operation of [getCall, getTranscript]) {
      await expect(
        calls.ask(stranger, (rpc) => rpc.call<{ id: string }, object>(operation, { id })),
      ).rejects.toMatchObject({
        kind: 'notFound',
        code: 'CALL_NOT_FOUND',
      });
    }
    const [mine, theirs] = await Promise.all(
      [owner, stranger].map((caller) =>
        calls.inTenant(caller, (database) => database.query('SELECT 1 FROM calls')),
      ),
    );
    expect([mine?.length, theirs?.length]).toEqual([1, 0]);
  });

  it('keeps the same provider id of two tenants apart', async () => {
    const [one, other] = [aCaller(), aCaller()];
    const sid = `CA${newId()}`;
    await calls.apply(one, aTwilioCall('voice-inbound', sid));
    await calls.apply(other, aTwilioCall('call-status-busy', sid));
    expect((await calls.ask(one, (rpc) => rpc.call(listCalls, {}))).data).toMatchObject([
      { status: 'ringing' },
    ]);
    expect((await calls.ask(other, (rpc) => rpc.call(listCalls, {}))).data).toMatchObject([
      { status: 'busy' },
    ]);
  });

  it('refuses an id that is none', async () => {
    await expect(calls.ask(aCaller(), (rpc) => rpc.call(getCall, { id: '42' }))).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      status: 400,
    });
    await expect(calls.ask(aCaller(), (rpc) => rpc.call(getCall, { id: newId() }))).rejects.toMatchObject({
      status: 404,
    });
  });

  describe('the list', () => {
    const owner = aCaller();
    const list = (request: object) => calls.ask(owner, (rpc) => rpc.call(listCalls, request));

    beforeAll(async () => {
      await calls.apply(owner, aVapiEventOf(newId(), 'end-of-call-report'));
      await calls.apply(owner, aVapiEventOf(newId(), 'end-of-call-report-no-answer'));
      await calls.apply(owner, aTwilioCall('call-status-busy', 'CA-busy'));
      await calls.apply(
        owner,
        aTwilioCall('call-status-inbound-completed', 'CA-inbound', { From: 'anonymous' }),
      );
      await calls.apply(owner, aTwilioCall('voice-inbound', 'CA-alive', { To: '+14185550100' }));
    });

    it.each([
      [{ status: 'busy' }, 1],
      [{ status: 'completed', direction: 'inbound' }, 2],
      [{ direction: 'outbound' }, 2],
      [{ outcome: 'missed' }, 2],
      [{ provider: 'vapi' }, 2],
      [{ aiHandled: true }, 2],
      [{ from: 'anonymous' }, 1],
      [{ to: '418 555-0100' }, 1],
      [{ providerAgentId: '0c0ffee0-0000-4000-8000-0000000000cc' }, 2],
      [{ agentId: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0001' }, 0],
      [{ startedAfter: '2026-03-03T15:09:00Z' }, 1],
      [{ startedBefore: '2026-03-03T15:09:00Z' }, 4],
      [{ q: 'déplacer' }, 1],
      [{ q: 'DEPLACER clinique' }, 1],
      [{ q: '"rendez-vous à jeudi"' }, 1],
      [{ q: 'fournaise' }, 0],
    ])('finds by %j', async (request, count) => {
      expect((await list(request)).data).toHaveLength(count);
    });

    it('pages through, newest first, each call once', async () => {
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await list({ limit: 2, ...(cursor ? { cursor } : {}) });
        seen.push(...page.data.map(({ id }) => id));
        cursor = page.nextCursor ?? undefined;
      } while (cursor);
      const { data } = await list({});
      expect(seen).toEqual(data.map(({ id }) => id));
      expect(data.map(({ startedAt }) => startedAt)).toEqual(
        data
          .map(({ startedAt }) => startedAt)
          .sort()
          .reverse(),
      );
      expect(new Set(seen).size).toBe(5);
    });

    it.each(['nonsense', Buffer.from('["x","y"]').toString('base64url')])(
      'refuses the cursor %s',
      async (cursor) => {
        await expect(list({ cursor })).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
      },
    );
  });
});
