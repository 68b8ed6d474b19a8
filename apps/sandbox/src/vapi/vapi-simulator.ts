import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { WebhookAnswer } from '../delivery/outgoing-webhook';
import type { WebhookSender } from '../delivery/webhook-sender';
import { assistantChoice, toolResult, type AssistantChoice } from './vapi-answers';
import { signedVapiHeaders, type VapiAuth } from './vapi-auth';
import type { Heard, VapiCall } from './vapi-call';
import { end, forwarding, heardByDefault, vapiCallSteps, type VapiStep } from './vapi-call-script';
import { toolCallId } from './vapi-conversation';
import type { VapiCallRecord, VapiStore } from './vapi-store';

/** An assistant-request has 7.5 s end to end, everything else 20 s. */
const ASSISTANT_REQUEST_TIMEOUT_MS = 7_500;
const TIMEOUT_MS = 20_000;

export interface PlayOptions {
  webhookUrl: string;
  /** Sent with every webhook, for instance `X-Tenant-ID`. */
  extraHeaders: Record<string, string>;
  /** Real time between two webhooks. */
  paceMs: number;
  /** `server.backoffPlan.maxRetries`: Vapi does not retry unless told to. */
  retries: number;
}

export interface VapiOutcome {
  callId: string;
  endedReason: string;
  assistant?: AssistantChoice & { answer: string };
  tool?: { answer: string; heard?: string };
  events: Array<{ kind: string; status: number | null }>;
}

/** Plays calls against the platform's webhook and lets the answers steer them as Vapi would. */
export class VapiSimulator {
  constructor(
    private readonly sender: WebhookSender,
    readonly store: VapiStore,
  ) {}

  async play(call: VapiCall, options: PlayOptions): Promise<VapiOutcome> {
    const record = this.store.add(call, heardByDefault(call));
    const outcome: VapiOutcome = { callId: call.callId, endedReason: call.endedReason, events: [] };
    let steps = this.sender.arrange(vapiCallSteps(call));
    for (let step = steps.shift(); step !== undefined; step = steps.shift()) {
      const answer = await this.send(record, step, options);
      outcome.events.push({ kind: step.kind, status: answer.status });
      if (step.kind === 'assistant-request') {
        const choice = assistantChoice(answer);
        outcome.assistant = { ...choice, answer: answer.body };
        steps = stepsAfter(choice, record, steps);
      }
      if (step.kind === 'tool-calls') outcome.tool = hear(record, answer);
      if (options.paceMs > 0 && steps.length > 0) await pause(options.paceMs);
    }
    record.status = 'ended';
    return { ...outcome, endedReason: record.call.endedReason };
  }

  private send(
    record: VapiCallRecord,
    { kind, message }: VapiStep,
    options: PlayOptions,
  ): Promise<WebhookAnswer> {
    const { call, heard } = record;
    if (kind === 'status-update:in-progress') record.status = 'in-progress';
    const body = JSON.stringify({ message: message(heard) });
    const signed = (text: string, auth: VapiAuth): { body: string; headers: Record<string, string> } => ({
      body: text,
      headers: { ...options.extraHeaders, ...signedVapiHeaders(text, auth) },
    });
    return this.sender.send({
      ...signed(body, call.auth),
      provider: 'vapi',
      callId: call.callId,
      kind,
      url: options.webhookUrl,
      timeoutMs: kind === 'assistant-request' ? ASSISTANT_REQUEST_TIMEOUT_MS : TIMEOUT_MS,
      retries: options.retries,
      retryOn: 'failure',
      forge: () =>
        signed(body.replaceAll(call.callId, randomUUID()), {
          ...call.auth,
          secret: randomBytes(24).toString('base64url'),
        }),
    });
  }
}

/** A refused call ends unanswered; a forwarded one leaves the assistant at once. */
function stepsAfter(choice: AssistantChoice, record: VapiCallRecord, planned: VapiStep[]): VapiStep[] {
  if (choice.kind === 'assistant') {
    record.heard = { ...record.heard, ...(choice.assistantId && { assistantId: choice.assistantId }) };
    return planned;
  }
  const forwarded = choice.kind === 'forward';
  record.heard = { assistantId: null };
  record.call = {
    ...record.call,
    durationSeconds: 0,
    endedReason: forwarded ? 'assistant-forwarded-call' : choice.endedReason,
  };
  return [...(forwarded ? [forwarding(record.call, choice.destination)] : []), ...end(record.call)];
}

/** Without a usable answer the model goes on with what it makes up. */
function hear(record: VapiCallRecord, answer: WebhookAnswer): NonNullable<VapiOutcome['tool']> {
  const said = toolResult(answer, toolCallId(record.call));
  if (said === undefined) return { answer: answer.body };
  const heard: Heard = { ...record.heard, toolResult: said };
  record.heard = heard;
  return { answer: answer.body, heard: said };
}
