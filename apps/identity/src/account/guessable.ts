/** Whose password it is to be: what a guesser tries first. */
export interface PasswordOwner {
  readonly email: string;
  readonly name?: string;
}

/** So many characters beside a word that everybody tries (a year, a mark) do not make it a secret. */
const FEW = 6;

/** Shorter parts of a name are in too many honest words. */
const SHORTEST_PART = 3;

/** How letters are written as others; `1` stands for two of them. */
const DISGUISES: ReadonlyMap<string, string>[] = ['i', 'l'].map(
  (one) =>
    new Map(
      Object.entries({
        '4': 'a',
        '@': 'a',
        '3': 'e',
        '1': one,
        '!': 'i',
        '0': 'o',
        $: 's',
        '5': 's',
        '7': 't',
      }),
    ),
);

/**
 * On the list as it stands, disguised (`p@ssw0rd`), dressed (`!summer2026`), repeated (`adminadmin`), or a run of
 * neighbours (`9876543210`).
 */
export function isCommon(password: string, common: ReadonlySet<string>): boolean {
  const plain = password.toLowerCase();
  if (common.has(plain) || isRun(plain)) return true;
  const unit = repeatedUnit(plain);
  if (unit.length <= FEW && unit.length < plain.length) return true;
  return [unit, ...coresOf(unit)].some((core) => {
    const dress = unit.length - core.length;
    return (
      readings(core).some((word) => common.has(word)) &&
      (dress <= FEW || isTrivial(dressOf(unit, core), common))
    );
  });
}

/** Nothing, or nearly, is left of it without the parts of its owner's address and name. */
export function isBuiltFrom(password: string, owner: PasswordOwner, common: ReadonlySet<string>): boolean {
  const parts = partsOf(owner);
  return readings(folded(password)).some((reading) => {
    const rest = parts.reduce((left, part) => left.replaceAll(part, ''), reading);
    return rest !== reading && isTrivial(rest, common);
  });
}

function isTrivial(text: string, common: ReadonlySet<string>): boolean {
  const rest = text.replaceAll(/[^\p{L}\p{N}]/gu, '');
  return rest.length <= FEW || isRun(rest) || isCommonWord(rest, common);
}

const isCommonWord = (text: string, common: ReadonlySet<string>): boolean =>
  common.has(text) || coresOf(text).some((core) => common.has(core) && text.length - core.length <= FEW);

/** Longest first: the whole address goes before its parts. */
function partsOf({ email, name = '' }: PasswordOwner): string[] {
  const [local = '', domain = ''] = folded(email).split('@');
  const whole = [folded(email), local, domain, folded(name).replaceAll(/\s/g, '')];
  const pieces = [local, folded(name), domain.replace(/\.[^.]*$/, '')].flatMap((text) =>
    text.split(/[^\p{L}\p{N}]+/u),
  );
  const long = [...whole, ...pieces].filter((part) => part.length >= SHORTEST_PART);
  return [...new Set(long)].sort((a, b) => b.length - a.length);
}

const folded = (text: string): string => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();

/** As written, and with each way of undoing its disguise. */
const readings = (text: string): string[] => [
  text,
  ...DISGUISES.map((letters) => [...text].map((each) => letters.get(each) ?? each).join('')),
];

/** Without what stands behind, or on both sides, that is no letter: a mark in front may disguise one. */
function coresOf(text: string): string[] {
  const core = text.replace(/[^\p{L}]+$/u, '');
  return [core, core.replace(/^[^\p{L}]+/u, '')];
}

const dressOf = (text: string, core: string): string => text.replace(core, '');

/** The shortest beginning whose repetition is the text. */
function repeatedUnit(text: string): string {
  const length = (text + text).indexOf(text, 1);
  return text.slice(0, length);
}

/** `abcdefghij`, `0123456789` and back, or one character over and over. */
function isRun(text: string): boolean {
  const steps = [...text].slice(1).map((each, index) => stepTo(each, text.charAt(index)));
  return text.length > 2 && steps.every((step) => step === steps[0] && Math.abs(step) <= 1);
}

/** Ten digits go round: 0 follows 9. */
function stepTo(each: string, before: string): number {
  const step = each.charCodeAt(0) - before.charCodeAt(0);
  const round = /^\d\d$/.test(before + each) && Math.abs(step) === 9;
  return round ? -Math.sign(step) : step;
}
