import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
/** First byte of every sealed value, so that another scheme can follow. */
const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const TAG_AT = 1 + NONCE_BYTES;
const CONTENT_AT = TAG_AT + TAG_BYTES;

/**
 * AES-256-GCM: version, nonce, tag, ciphertext. `owner` says what is sealed and is authenticated with it, so that
 * a sealed value moved to another row does not open there.
 * @param key 32 bytes
 */
export function seal(key: Buffer, plain: Buffer, owner: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce).setAAD(Buffer.from(owner));
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([Buffer.of(VERSION), nonce, cipher.getAuthTag(), sealed]);
}

/** @throws Error when it was sealed under another key, for another owner, or changed since */
export function unseal(key: Buffer, sealed: Buffer, owner: string): Buffer {
  if (sealed[0] !== VERSION) throw new Error(`Unknown seal version ${sealed[0]}`);
  const decipher = createDecipheriv(ALGORITHM, key, sealed.subarray(1, TAG_AT), { authTagLength: TAG_BYTES })
    .setAAD(Buffer.from(owner))
    .setAuthTag(sealed.subarray(TAG_AT, CONTENT_AT));
  return Buffer.concat([decipher.update(sealed.subarray(CONTENT_AT)), decipher.final()]);
}

/** Seals texts under a service's ENCRYPTION_KEY. */
export class SecretBox {
  private readonly key: Buffer;

  /** @param encryptionKey 32 bytes in base64 */
  constructor(encryptionKey: string) {
    this.key = Buffer.from(encryptionKey, 'base64');
  }

  seal(text: string, owner: string): Buffer {
    return seal(this.key, Buffer.from(text), owner);
  }

  open(sealed: Buffer, owner: string): string {
    return unseal(this.key, sealed, owner).toString();
  }
}
