import {
  momentOf,
  ourNumber,
  uuidFrom,
  vapiCall,
  type Heard,
  type VapiCall,
  type VapiCallInput,
} from './vapi-call';
import { signedVapiHeaders } from './vapi-auth';
import { spokenUtterances, toolCalledAt, toToolCall } from './vapi-conversation';
import type { ToolUse } from './vapi-dialogue';
import { reportFields } from './vapi-report';
import { customerOf, toCallObject, toPhoneNumberObject, type VapiCallStatus } from './vapi-resources';

/** One webhook of a call; what it says may depend on what the platform answered before. */
export interface VapiStep {
  kind: string;
  message: (heard: Heard) => object;
}

export interface VapiCallEvent {
  /** `assistant-request`, `status-update:in-progress`, `transcript`, `tool-calls`, `hang`, `end-of-call-report`… */
  kind: string;
  body: string;
  headers: Record<string, string>;
}

/** Every webhook of one call in order, signed now, as if the platform had answered every question. */
export function vapiCallEvents(input: VapiCallInput): VapiCallEvent[] {
  const call = vapiCall(input);
  const heard = heardByDefault(call);
  return vapiCallSteps(call).map(({ kind, message }) => {
    const body = JSON.stringify({ message: message(heard) });
    return { kind, body, headers: signedVapiHeaders(body, call.auth) };
  });
}

export function heardByDefault(call: VapiCall): Heard {
  const assistantId = call.assistantId ?? uuidFrom(`assistant of ${ourNumber(call)}`);
  const { tool } = call.dialogue;
  return tool === null ? { assistantId } : { assistantId, toolResult: tool.fallbackResult };
}

export function vapiCallSteps(call: VapiCall): VapiStep[] {
  const asks = call.assistantId === null && call.type === 'inboundPhoneCall';
  return [
    ...(asks ? [assistantRequest(call)] : []),
    ...(call.durationSeconds > 0 ? talk(call) : []),
    ...end(call),
  ];
}

/** How a call ends: Vapi reports the end first and the whole call when it is processed. */
export function end(call: VapiCall): VapiStep[] {
  return [
    step(call, 'status-update:ended', momentOf(call, 1), 'ended', () => ({
      type: 'status-update',
      status: 'ended',
      endedReason: call.endedReason,
    })),
    step(call, 'end-of-call-report', new Date(momentOf(call, 1).getTime() + 1000), 'ended', (heard) => ({
      type: 'end-of-call-report',
      ...reportFields(call, heard),
    })),
  ];
}

export function forwarding(call: VapiCall, destination: object): VapiStep {
  return step(call, 'status-update:forwarding', momentOf(call, 0), 'forwarding', () => ({
    type: 'status-update',
    status: 'forwarding',
    destination,
  }));
}

function assistantRequest(call: VapiCall): VapiStep {
  return {
    kind: 'assistant-request',
    message: () => ({
      timestamp: call.createdAt.getTime(),
      type: 'assistant-request',
      call: toCallObject(call, 'ringing', null),
      phoneNumber: toPhoneNumberObject(call),
      customer: customerOf(call),
    }),
  };
}

function talk(call: VapiCall): VapiStep[] {
  const { tool } = call.dialogue;
  const transcripts = spokenUtterances(call).map(({ role, text, endedAt }) =>
    step(call, 'transcript', endedAt, 'in-progress', ({ assistantId }) => ({
      type: 'transcript',
      role,
      transcriptType: 'final',
      transcript: text,
      ...(role === 'assistant' ? { assistantId, assistantName: call.dialogue.assistantName } : {}),
    })),
  );
  const asides = [...(call.hang ? [hang(call)] : []), ...(tool === null ? [] : [toolCalls(call, tool)])];
  transcripts.splice(tool?.afterUtterance ?? 1, 0, ...asides);
  const answered = step(call, 'status-update:in-progress', momentOf(call, 0), 'in-progress', () => ({
    type: 'status-update',
    status: 'in-progress',
  }));
  return [answered, ...transcripts];
}

function hang(call: VapiCall): VapiStep {
  return step(call, 'hang', momentOf(call, 0.4), 'in-progress', () => ({ type: 'hang' }));
}

function toolCalls(call: VapiCall, tool: ToolUse): VapiStep {
  const toolCall = toToolCall(call, tool);
  const definition =
    tool.shape === 'flat'
      ? { name: tool.name }
      : { type: 'function', function: { name: tool.name, parameters: { type: 'object', properties: {} } } };
  return step(call, 'tool-calls', toolCalledAt(call, tool), 'in-progress', () => ({
    type: 'tool-calls',
    toolCallList: [toolCall],
    toolWithToolCallList: [{ ...definition, toolCall }],
  }));
}

function step(
  call: VapiCall,
  kind: string,
  at: Date,
  status: VapiCallStatus,
  own: (heard: Heard) => object,
): VapiStep {
  return {
    kind,
    message: (heard) => ({
      timestamp: at.getTime(),
      ...own(heard),
      call: toCallObject(call, status, heard.assistantId),
      phoneNumber: toPhoneNumberObject(call),
      customer: customerOf(call),
    }),
  };
}
