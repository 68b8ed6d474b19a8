import { randomFillSync } from 'node:crypto';
import { v7, validate } from 'uuid';

/** Randomness is asked of the system for many ids at once: asking costs more than all the rest of an id. */
const RANDOM_BYTES = 16;
const randomness = new Uint8Array(RANDOM_BYTES * 256);
let used = randomness.length;

let lastMs = 0;
let sequence = 0;

/** Time-ordered UUID (v7), made by us and never by the database. Each is greater than the one before it here. */
export function newId(): string {
  if (used === randomness.length) {
    randomFillSync(randomness);
    used = 0;
  }
  const random = randomness.subarray(used, (used += RANDOM_BYTES));
  const now = Date.now();
  if (now > lastMs) {
    lastMs = now;
    // Half of the range is left for the ids of this millisecond to rise in.
    sequence = new DataView(random.buffer, random.byteOffset + 6).getUint32(0) >>> 1;
  } else {
    sequence += 1;
  }
  return v7({ random, msecs: lastMs, seq: sequence });
}

export const isUuid = (text: string): boolean => validate(text);
