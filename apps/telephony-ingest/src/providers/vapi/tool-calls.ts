import { isObject, objectAt, textAt, type VapiMessage } from './message';

/** One call of a tool, in whichever of Vapi's three shapes it came. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** Calls without id or name are left out: nothing could be answered to them. */
export function toolCallsIn({ fields }: VapiMessage): ToolCall[] {
  const list = fields['toolCallList'] ?? fields['toolCalls'];
  if (!Array.isArray(list)) return [];
  return list.filter(isObject).flatMap((call) => {
    const described = isObject(call['function']) ? call['function'] : call;
    const id = textAt(call, 'id');
    const name = textAt(described, 'name');
    return id && name ? [{ id, name, parameters: parametersIn(described) }] : [];
  });
}

/** `arguments` is JSON text or an object; the flat shape says `parameters`. */
export function parametersIn(call: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const given = call['arguments'];
  if (typeof given !== 'string') return isObject(given) ? given : objectAt(call, 'parameters');
  try {
    const parsed: unknown = JSON.parse(given);
    return isObject(parsed) ? parsed : {};
  } catch {
    // A model can write broken JSON; the tool then says what it misses.
    return {};
  }
}
