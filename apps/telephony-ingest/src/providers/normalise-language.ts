/** Function words that a French sentence hardly does without and an English one does not use. */
const FRENCH = new Set(
  (
    'je tu il elle nous vous ils elles le la les un une des du de et est pas que qui pour dans avec sur mon ma mes votre ' +
    'vos bonjour merci oui au aux ce cette suis avez êtes puis-je à où'
  ).split(' '),
);

const TAG = /^(?=.{2,16}$)[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;

/** The language a provider names, as a BCP 47 tag. */
export function languageTag(value: unknown): string | undefined {
  return typeof value === 'string' && TAG.test(value) ? value : undefined;
}

/** The language a voice is made for, from names such as `fr-CA-SylvieNeural`. */
export function languageOfVoice(voiceId: unknown): string | undefined {
  return typeof voiceId === 'string' ? /^([a-z]{2}-[A-Z]{2})-/.exec(voiceId)?.[1] : undefined;
}

/** `fr-CA` for a text that reads as French; no guess otherwise. */
export function detectLanguage(text: string): string | undefined {
  const words = text.toLowerCase().match(/[\p{L}]+(?:-[\p{L}]+)*/gu) ?? [];
  const french = words.filter((word) => FRENCH.has(word)).length;
  return french >= 3 && french / words.length >= 0.2 ? 'fr-CA' : undefined;
}
