import { setTimeout as pause } from 'node:timers/promises';
import type { OutgoingWebhook, WebhookAnswer } from '../delivery/outgoing-webhook';
import type { WebhookSender } from '../delivery/webhook-sender';
import { RING_SECONDS, twilioCall, type TwilioCall } from './twilio-call';
import { twilioCallEvents, type TwilioCallEvent } from './twilio-call-script';
import { newTwilioSid } from './twilio-ids';
import { encodeTwilioForm, signedTwilioHeaders, type TwilioForm } from './twilio-signature';
import type { TwilioCallRecord, TwilioMessage, TwilioStore } from './twilio-store';
import { rejects, twimlFault } from './twiml';

/** Twilio waits 15 s in total and tries a second time only when nobody answered. */
const DELIVERY = { timeoutMs: 15_000, retries: 1, retryOn: 'connection' as const };

export interface CallOutcome {
  callSid: string;
  status: string;
  /** The answer to the voice request; `fault` says why Twilio could not run it. */
  twiml?: { body: string; fault?: string };
  events: Array<{ kind: string; status: number | null }>;
}

/** Plays calls and messages against the platform's webhooks. */
export class TwilioSimulator {
  constructor(
    private readonly sender: WebhookSender,
    readonly store: TwilioStore,
  ) {}

  playCall(call: TwilioCall, paceMs: number): Promise<CallOutcome> {
    return this.playEvents(this.store.addCall(call), twilioCallEvents(call), paceMs);
  }

  async playEvents(
    record: TwilioCallRecord,
    events: TwilioCallEvent[],
    paceMs: number,
  ): Promise<CallOutcome> {
    const { call } = record;
    const outcome: CallOutcome = { callSid: call.callSid, status: call.scenario, events: [] };
    const pending = this.sender.arrange(events);
    for (let event = pending.shift(); event !== undefined; event = pending.shift()) {
      const answer = await this.sender.send(webhookOf(call, event));
      outcome.events.push({ kind: event.kind, status: answer.status });
      progress(record, event.kind);
      if (event.kind === 'voice') {
        outcome.twiml = twimlOf(answer);
        const ended = scenarioAfter(outcome.twiml);
        if (ended !== undefined && call.scenario === 'completed') {
          return this.endEarly(record, ended, pending, outcome);
        }
      }
      if (paceMs > 0 && pending.length > 0) await pause(paceMs);
    }
    settle(record, call);
    outcome.status = record.status;
    return outcome;
  }

  /** `sent` then `delivered`, as Twilio reports an SMS on its way. */
  async reportMessage(message: TwilioMessage, statusCallback: string, authToken: string): Promise<void> {
    for (const status of ['sent', 'delivered']) {
      message.status = status;
      message.sentAt ??= new Date();
      const form = {
        AccountSid: message.accountSid,
        ApiVersion: '2010-04-01',
        MessageSid: message.sid,
        SmsSid: message.sid,
        MessageStatus: status,
        SmsStatus: status,
        From: message.from ?? '',
        To: message.to,
        ...(message.messagingServiceSid === null ? {} : { MessagingServiceSid: message.messagingServiceSid }),
      };
      await this.sendForm({ id: message.sid, kind: `sms:${status}`, url: statusCallback, form, authToken });
    }
  }

  sendForm(request: {
    id: string;
    kind: string;
    url: string;
    form: TwilioForm;
    authToken: string;
  }): Promise<WebhookAnswer> {
    const { id, kind, url, form, authToken } = request;
    return this.sender.send({
      ...DELIVERY,
      provider: 'twilio',
      callId: id,
      kind,
      url,
      body: encodeTwilioForm(form),
      headers: signedTwilioHeaders(authToken, url, form),
      forge: () => forgedForm(url, form),
    });
  }

  /** TwiML that Twilio cannot run, or that refuses the call, ends it before anybody talks. */
  private async endEarly(
    record: TwilioCallRecord,
    scenario: 'failed' | 'busy',
    pending: readonly TwilioCallEvent[],
    outcome: CallOutcome,
  ): Promise<CallOutcome> {
    record.call = twilioCall({ ...record.call, scenario });
    const subscribed = pending.some(({ kind }) => kind === 'status:completed');
    const final = twilioCallEvents(record.call).find(({ kind }) => kind === `status:${scenario}`);
    if (subscribed && final !== undefined) {
      const answer = await this.sender.send(webhookOf(record.call, final));
      outcome.events.push({ kind: final.kind, status: answer.status });
    }
    settle(record, record.call);
    return { ...outcome, status: scenario };
  }
}

function webhookOf(call: TwilioCall, event: TwilioCallEvent): OutgoingWebhook {
  return {
    ...DELIVERY,
    provider: 'twilio',
    callId: call.callSid,
    kind: event.kind,
    url: event.url,
    body: event.form,
    headers: event.headers,
    forge: () => forgedForm(event.url, Object.fromEntries(new URLSearchParams(event.form))),
  };
}

/** About a call or message that never was, and signed with a token that is not the account's. */
function forgedForm(url: string, form: TwilioForm): { body: string; headers: Record<string, string> } {
  const ids: TwilioForm =
    form['CallSid'] === undefined
      ? { MessageSid: newTwilioSid('SM'), SmsSid: newTwilioSid('SM') }
      : { CallSid: newTwilioSid('CA') };
  const forged = { ...form, ...ids };
  return { body: encodeTwilioForm(forged), headers: signedTwilioHeaders('not-the-token', url, forged) };
}

function twimlOf(answer: WebhookAnswer): { body: string; fault?: string } {
  const fault = twimlFault(answer);
  return fault === undefined ? { body: answer.body } : { body: answer.body, fault };
}

function scenarioAfter(twiml: { body: string; fault?: string }): 'failed' | 'busy' | undefined {
  if (twiml.fault !== undefined) return 'failed';
  return rejects(twiml.body) ? 'busy' : undefined;
}

function progress(record: TwilioCallRecord, kind: string): void {
  const [group, status] = kind.split(':', 2);
  if (group === 'status' && status !== undefined && record.endedAt === undefined) record.status = status;
}

function settle(record: TwilioCallRecord, call: TwilioCall): void {
  const talkedFrom = call.createdAt.getTime() + RING_SECONDS * 1000;
  record.status = call.scenario;
  if (call.scenario === 'completed') record.answeredAt = new Date(talkedFrom);
  record.endedAt = new Date(talkedFrom + call.durationSeconds * 1000);
}
