/** Well-known beginnings of passwords in Quebec that the list of the package lacks. */
const ADDITIONS = ['azertyuiop', 'changeme', 'changemenow', 'canadiens', 'bienvenue', 'motdepasse'];

let loaded: Promise<ReadonlySet<string>> | undefined;

/**
 * 49,000 passwords and words that head leaked lists, in lower case (ADR 0028). Read at first use: about 5 MB that a
 * replica pays once somebody chooses a password.
 */
export function commonPasswords(): Promise<ReadonlySet<string>> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  return new Set([...dictionary['passwords-common'], ...ADDITIONS]);
}
