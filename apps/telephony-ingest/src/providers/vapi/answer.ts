import type { LineContext, ProviderEvent, WebhookAnswer } from '../../edge/webhook';
import { objectAt, textAt, type VapiMessage } from './message';
import { parametersIn, toolCallsIn } from './tool-calls';
import { runTool } from './tools';

/** Spoken to the caller before the line is cut. */
const WORDS = {
  en: {
    unknown: 'Sorry, this number is not in service.',
    refused: 'Sorry, we cannot take your call at the moment. Please call again later.',
    nobody: 'Sorry, nobody can take your call right now. Please call again later.',
  },
  fr: {
    unknown: 'Désolé, ce numéro n’est pas en service.',
    refused: 'Désolé, nous ne pouvons pas prendre votre appel en ce moment. Veuillez rappeler plus tard.',
    nobody: 'Désolé, personne ne peut prendre votre appel en ce moment. Veuillez rappeler plus tard.',
  },
} as const;

export function answerVapi({ kind, content }: ProviderEvent<VapiMessage>, line: LineContext): WebhookAnswer {
  switch (kind) {
    case 'assistant-request':
      return json(whoAnswers(content, line));
    case 'tool-calls':
      return json({
        results: toolCallsIn(content).map((call) => ({
          toolCallId: call.id,
          name: call.name,
          ...runTool(call, line),
        })),
      });
    case 'function-call':
      return json(runLegacyFunction(content, line));
    case 'transfer-destination-request':
      return json(whereTo(line));
    default:
      return json({});
  }
}

/** The number's assistant, else the business's own phone, else a word of regret. */
function whoAnswers({ fields }: VapiMessage, line: LineContext): object {
  const { number, tenant } = line;
  if (!tenant) return { error: `${WORDS.fr.unknown} ${WORDS.en.unknown}` };
  if (line.refused) return { error: WORDS[localeOf(line)].refused };
  if (number?.assistantId) {
    const callerName = textAt(objectAt(fields, 'customer'), 'name');
    const variableValues = {
      businessName: number.routing.businessName ?? tenant.name,
      businessNumber: number.e164,
      locale: localeOf(line),
      timezone: tenant.timezone,
      ...(number.routing.hours ? { businessHours: number.routing.hours } : {}),
      ...(callerName ? { callerName } : {}),
    };
    return { assistantId: number.assistantId, assistantOverrides: { variableValues } };
  }
  if (number?.routing.forwardTo) return whereTo(line);
  return { error: number ? WORDS[localeOf(line)].nobody : WORDS[localeOf(line)].unknown };
}

function whereTo(line: LineContext): object {
  const forwardTo = line.number?.routing.forwardTo;
  if (!forwardTo) return { error: WORDS[localeOf(line)].nobody };
  return { destination: { type: 'number', number: forwardTo } };
}

function runLegacyFunction({ fields }: VapiMessage, line: LineContext): object {
  const call = objectAt(fields, 'functionCall');
  const outcome = runTool({ id: '', name: textAt(call, 'name') ?? '', parameters: parametersIn(call) }, line);
  return { result: 'result' in outcome ? outcome.result : outcome.error };
}

function localeOf({ number, tenant }: LineContext): 'en' | 'fr' {
  return number?.routing.locale ?? tenant?.locale ?? 'en';
}

function json(body: object): WebhookAnswer {
  return { status: 200, contentType: 'application/json; charset=utf-8', body: JSON.stringify(body) };
}
