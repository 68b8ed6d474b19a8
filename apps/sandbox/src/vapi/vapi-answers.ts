import type { WebhookAnswer } from '../delivery/outgoing-webhook';

/** What Vapi makes of the answer to an assistant-request. */
export type AssistantChoice =
  | { kind: 'assistant'; assistantId?: string }
  | { kind: 'forward'; destination: Record<string, unknown> }
  | { kind: 'refused'; endedReason: string };

/** `error` wins over `destination`, which wins over an assistant. */
export function assistantChoice(answer: WebhookAnswer): AssistantChoice {
  const body = answer.status === 200 || answer.status === 201 ? objectIn(answer.body) : undefined;
  if (body === undefined) return { kind: 'refused', endedReason: 'assistant-request-failed' };
  if (typeof body['error'] === 'string')
    return { kind: 'refused', endedReason: 'assistant-request-returned-error' };
  const destination = body['destination'];
  if (isObject(destination)) return { kind: 'forward', destination };
  if (typeof body['assistantId'] === 'string') return { kind: 'assistant', assistantId: body['assistantId'] };
  if (['assistant', 'squadId', 'squad', 'workflowId', 'workflow'].some((name) => body[name])) {
    return { kind: 'assistant' };
  }
  return { kind: 'refused', endedReason: 'assistant-request-returned-no-assistant' };
}

/** The result the model hears; undefined when Vapi would ignore the answer (not 200, wrong id, not one line of text). */
export function toolResult(answer: WebhookAnswer, toolCallId: string): string | undefined {
  const results = answer.status === 200 ? objectIn(answer.body)?.['results'] : undefined;
  if (!Array.isArray(results)) return undefined;
  const own = results.filter(isObject).find((result) => result['toolCallId'] === toolCallId);
  const said = own?.['result'] ?? own?.['error'];
  return typeof said === 'string' && !said.includes('\n') ? said : undefined;
}

function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
