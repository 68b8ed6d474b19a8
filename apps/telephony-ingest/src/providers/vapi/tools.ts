import type { LineContext } from '../../edge/webhook';
import type { ToolCall } from './tool-calls';

/** What a tool says to the model, on one line: line breaks break Vapi's parser. */
export type ToolOutcome = { result: string } | { error: string };

type Tool = (call: ToolCall, line: LineContext) => ToolOutcome;

const WORDS = {
  en: {
    hours: 'Opening hours',
    phone: 'Phone',
    noHours: 'opening hours are not known',
    nobody: 'Unknown business',
  },
  fr: {
    hours: 'Heures',
    phone: 'Téléphone',
    noHours: 'heures d’ouverture inconnues',
    nobody: 'Entreprise inconnue',
  },
} as const;

/** Tools the platform itself answers, by the name an assistant knows them under. */
const TOOLS: ReadonlyMap<string, Tool> = new Map([['getBusinessInfo', getBusinessInfo]]);

export function runTool(call: ToolCall, line: LineContext): ToolOutcome {
  const tool = TOOLS.get(call.name);
  if (!tool) return { error: oneLine(`Unknown tool: ${call.name}`) };
  return tool(call, line);
}

function getBusinessInfo(_call: ToolCall, { number, tenant }: LineContext): ToolOutcome {
  const words = WORDS[number?.routing.locale ?? tenant?.locale ?? 'en'];
  const name = number?.routing.businessName ?? tenant?.name;
  if (!name) return { error: words.nobody };
  const hours = number?.routing.hours ? `${words.hours}: ${number.routing.hours}` : words.noHours;
  const phone = number ? `. ${words.phone}: ${number.e164}` : '';
  return { result: oneLine(`${name}. ${hours}${phone}`) };
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
