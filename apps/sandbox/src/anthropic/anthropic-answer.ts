import type { MessagesRequest } from './anthropic-request';

export interface ComposedAnswer {
  text: string;
  stopReason: 'end_turn' | 'max_tokens' | 'stop_sequence';
  stopSequence: string | null;
  inputTokens: number;
  outputTokens: number;
}

/** Same request, same answer: a greeting in the persona's name, what was asked, and next steps, in the asker's language. */
export function composeAnswer(request: MessagesRequest): ComposedAnswer {
  const inputTokens = countTokens(request);
  const asked = request.turns.findLast(({ role }) => role === 'user')?.text.trim() ?? '';
  const full = adviceOn(asked, personaIn(request.system), request.turns.length > 1);
  const stopSequence = request.stopSequences.find((sequence) => full.includes(sequence)) ?? null;
  const text = stopSequence === null ? full : full.slice(0, full.indexOf(stopSequence));
  const outputTokens = tokensIn(text);
  if (outputTokens > request.maxTokens) {
    return {
      text: text.slice(0, request.maxTokens * CHARACTERS_PER_TOKEN),
      stopReason: 'max_tokens',
      stopSequence: null,
      inputTokens,
      outputTokens: request.maxTokens,
    };
  }
  const stopReason = stopSequence === null ? 'end_turn' : 'stop_sequence';
  return { text, stopReason, stopSequence, inputTokens, outputTokens };
}

const CHARACTERS_PER_TOKEN = 4;

export function tokensIn(text: string): number {
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN);
}

export function countTokens({ system, turns }: Pick<MessagesRequest, 'system' | 'turns'>): number {
  return tokensIn(system) + turns.reduce((sum, { text }) => sum + tokensIn(text) + 3, 3);
}

/** The name in "You are The Closer, …", "Tu es Camille, …", "Your name is …". */
export function personaIn(system: string): string | undefined {
  const named =
    /(?:You are|Your name is|Tu es|Vous êtes|Ton nom est)\s+(?:["“«]\s*)?([^"”».,;:\n(–—]{1,60})/iu.exec(
      system,
    );
  const name = named?.[1]?.trim();
  return name === undefined || name === '' ? undefined : name;
}

const FRENCH_WORDS =
  /\b(?:bonjour|salut|merci|je|j’ai|j'ai|nous|vous|est|une|des|les|pour|avec|comment|pourquoi|quel|quelle|client|clients|rendez-vous|prix|le|la)\b/giu;
const ENGLISH_WORDS =
  /\b(?:the|is|are|what|how|why|hello|hi|please|my|you|with|for|and|to|of|price|customer)\b/giu;

export function isFrench(text: string): boolean {
  const accents = text.match(/[àâçéèêëîïôùûœ]/giu)?.length ?? 0;
  const french = (text.match(FRENCH_WORDS)?.length ?? 0) + accents;
  return french > (text.match(ENGLISH_WORDS)?.length ?? 0);
}

function adviceOn(asked: string, persona: string | undefined, known: boolean): string {
  const quoted = asked.length > 160 ? `${asked.slice(0, 157).trimEnd()}…` : asked;
  const topic = isFrench(asked) ? frenchTopic(asked) : englishTopic(asked);
  if (isFrench(asked)) {
    const greeting = known ? 'D’accord.' : persona ? `Bonjour, ici ${persona}.` : 'Bonjour !';
    return [
      `${greeting} Vous me dites : « ${quoted} »`,
      topic,
      'Je vous propose trois étapes :\n1. Précisez le besoin et le moment de la décision.\n2. Répondez par un fait et un exemple concret.\n3. Fixez la suite : une date, une heure, une personne.',
      'Voulez-vous que je prépare les mots exacts pour la première étape ?',
    ].join('\n\n');
  }
  const greeting = known ? 'All right.' : persona ? `Hello, this is ${persona}.` : 'Hello!';
  return [
    `${greeting} You are asking: “${quoted}”`,
    topic,
    'I suggest three steps:\n1. Pin down the need and when the decision falls.\n2. Answer with one fact and one concrete example.\n3. Agree on what comes next: a date, a time, a person.',
    'Shall I write the exact words for the first step?',
  ].join('\n\n');
}

function frenchTopic(asked: string): string {
  if (/prix|cher|coût|tarif|budget/iu.test(asked))
    return 'Parlez de la valeur avant le prix : ce que le client gagne, puis ce que cela coûte.';
  if (/rendez-vous|visite|disponib|heure|demain/iu.test(asked))
    return 'Proposez deux moments précis plutôt que de demander quand cela convient.';
  if (/client|prospect|vente|vendre/iu.test(asked))
    return 'Commencez par écouter : la première question compte plus que la première réponse.';
  return 'Voici comment je m’y prendrais.';
}

function englishTopic(asked: string): string {
  if (/price|expensive|cost|budget|discount/i.test(asked))
    return 'Talk about value before price: what the customer gains, then what it costs.';
  if (/appointment|visit|available|schedule|tomorrow/i.test(asked))
    return 'Offer two precise times instead of asking what suits.';
  if (/customer|prospect|lead|sell|sale|objection/i.test(asked))
    return 'Begin by listening: the first question matters more than the first answer.';
  return 'Here is how I would go about it.';
}
