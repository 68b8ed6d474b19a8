import { createHmac, randomBytes } from 'node:crypto';
import { seal, unseal } from '@parley/platform';

/** A value under a key of its own, which lies beside it sealed by a master key. */
export interface Envelope {
  /** Which master key. */
  keyId: string;
  wrappedKey: Buffer;
  sealed: Buffer;
}

export interface MasterKey {
  readonly id: string;
  readonly key: Buffer;
}

const DATA_KEY_BYTES = 32;

/** @param encryptionKey 32 bytes in base64 */
export function masterKey(encryptionKey: string): MasterKey {
  const key = Buffer.from(encryptionKey, 'base64');
  return { id: createHmac('sha256', key).update('parley master key id').digest('hex').slice(0, 16), key };
}

/** @param owner which row and field it is for; opens nowhere else */
export function sealEnvelope(master: MasterKey, text: string, owner: string): Envelope {
  const dataKey = randomBytes(DATA_KEY_BYTES);
  return { ...wrap(master, dataKey, owner), sealed: seal(dataKey, Buffer.from(text), owner) };
}

/** @throws Error when the master is another one, or anything was changed or moved */
export function openEnvelope(master: MasterKey, envelope: Envelope, owner: string): string {
  return unseal(unwrap(master, envelope, owner), envelope.sealed, owner).toString();
}

/** The same value under another master; the value itself is not touched. */
export function rewrapEnvelope(
  from: MasterKey,
  to: MasterKey,
  envelope: Omit<Envelope, 'sealed'>,
  owner: string,
): Omit<Envelope, 'sealed'> {
  return wrap(to, unwrap(from, envelope, owner), owner);
}

const wrap = ({ id, key }: MasterKey, dataKey: Buffer, owner: string): Omit<Envelope, 'sealed'> => ({
  keyId: id,
  wrappedKey: seal(key, dataKey, `data-key:${owner}`),
});

const unwrap = ({ key }: MasterKey, { wrappedKey }: Omit<Envelope, 'sealed'>, owner: string): Buffer =>
  unseal(key, wrappedKey, `data-key:${owner}`);
