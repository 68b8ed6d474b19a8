const LONGEST = 512;

/** Parts of letters, digits, `_`, `-` and `.`, none beginning with a dot: no key leads out of its store. */
const KEY = /^[A-Za-z0-9][\w.-]*(\/[A-Za-z0-9][\w.-]*)*$/;

export const isFileKey = (key: string): boolean => key.length <= LONGEST && KEY.test(key);

/** @throws Error when `key` could name something outside the store */
export function checkedKey(key: string): string {
  if (!isFileKey(key)) throw new Error('Not a key of a file');
  return key;
}
