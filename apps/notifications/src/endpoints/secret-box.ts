import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '@parley/platform';
import type { NotificationsConfig } from '../config';

const CIPHER = 'aes-256-gcm';
const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Seals what only we may read. A sealed text opens for its owner's id alone, so rows cannot be swapped. */
@Injectable()
export class SecretBox {
  private readonly key: Buffer;

  constructor(@Inject(CONFIG) config: NotificationsConfig) {
    this.key = Buffer.from(config.ENCRYPTION_KEY, 'base64');
  }

  seal(text: string, ownerId: string): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.key, nonce).setAAD(Buffer.from(ownerId));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([Buffer.of(VERSION), nonce, cipher.getAuthTag(), sealed]);
  }

  /** @throws Error when it was sealed under another key or for another owner */
  open(box: Buffer, ownerId: string): string {
    if (box[0] !== VERSION) throw new Error(`Unknown seal version ${box[0]}`);
    const tagAt = 1 + NONCE_BYTES;
    const textAt = tagAt + TAG_BYTES;
    const decipher = createDecipheriv(CIPHER, this.key, box.subarray(1, tagAt))
      .setAAD(Buffer.from(ownerId))
      .setAuthTag(box.subarray(tagAt, textAt));
    return Buffer.concat([decipher.update(box.subarray(textAt)), decipher.final()]).toString('utf8');
  }
}
