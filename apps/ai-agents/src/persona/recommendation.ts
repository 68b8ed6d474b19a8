import type { Locale } from '@parley/contracts';
import type { PersonaRecord } from './persona';

export interface Recommended {
  persona: PersonaRecord;
  /** Share of all points given, 0 to 100. */
  score: number;
  matched: string[];
}

/** A word of a phrase (two words or more) is surer evidence than a single beginning of a word. */
const POINTS = { keyword: 2, phrase: 3, procedure: 1 };

/**
 * Ranks personas for a goal: 2 points for each keyword that begins a word of the text, 3 for each keyword of several
 * words, 1 for knowing about procedures when it is about one. Accents and case do not matter. Without any point the
 * order of the catalogue stands.
 */
export function recommend(
  personas: readonly PersonaRecord[],
  text: string,
  aboutProcedure = false,
): Recommended[] {
  const words = ` ${plain(text)} `;
  const rated = personas.map((persona) => {
    const matched = keywordsOf(persona).filter((keyword) => words.includes(` ${keyword}`));
    const knows = aboutProcedure && persona.keywords.includes('procedure');
    return { persona, matched, points: pointsFor(matched) + (knows ? POINTS.procedure : 0) };
  });
  const total = rated.reduce((sum, { points }) => sum + points, 0);
  return rated
    .map((rating, place) => ({ ...rating, place }))
    .sort((a, b) => b.points - a.points || a.place - b.place)
    .map(({ persona, matched, points }) => ({
      persona,
      matched,
      score: total === 0 ? 0 : Math.round((points / total) * 100),
    }));
}

export function reasonFor({ persona, matched }: Recommended, locale: Locale): string {
  const strengths = (persona.translations[locale]?.specialty ?? persona.specialty).join(', ');
  if (matched.length === 0) return locale === 'fr' ? `Points forts : ${strengths}.` : `Good at ${strengths}.`;
  const words = matched.map((word) => (locale === 'fr' ? `« ${word} »` : `“${word}”`)).join(', ');
  return locale === 'fr'
    ? `Vous parlez de ${words} ; points forts : ${strengths}.`
    : `You mention ${words}; good at ${strengths}.`;
}

/** A tenant's own persona may come without keywords: then its specialties speak for it. */
function keywordsOf(persona: PersonaRecord): string[] {
  const keywords = persona.keywords.length > 0 ? persona.keywords : persona.specialty;
  return [...new Set(keywords.map(plain).filter(Boolean))];
}

function pointsFor(matched: readonly string[]): number {
  return matched.reduce((sum, word) => sum + (word.includes(' ') ? POINTS.phrase : POINTS.keyword), 0);
}

/** Lower case without accents, words apart by single spaces. */
function plain(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Number}]+/gu, ' ')
    .trim();
}
