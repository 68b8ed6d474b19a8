import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '@parley/platform';
import type { TelephonyConfig } from '../config';

const VERSION = 1;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Seals secrets for the database: AES-256-GCM, bound to the row they belong to. */
@Injectable()
export class SecretBox {
  private readonly key: Buffer;

  constructor(@Inject(CONFIG) config: Pick<TelephonyConfig, 'ENCRYPTION_KEY'>) {
    this.key = Buffer.from(config.ENCRYPTION_KEY, 'base64');
  }

  /** @param owner what the secret belongs to; it opens for nothing else */
  seal(content: object, owner: string): Buffer {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.key, iv).setAAD(Buffer.from(owner));
    const sealed = Buffer.concat([cipher.update(JSON.stringify(content)), cipher.final()]);
    return Buffer.concat([Buffer.of(VERSION), iv, cipher.getAuthTag(), sealed]);
  }

  /** @throws Error when it was sealed with another key, for another owner, or changed since */
  open<Content extends object>(sealed: Buffer, owner: string): Content {
    if (sealed[0] !== VERSION) throw new Error('A secret was sealed in an unknown format');
    const [iv, tag] = [
      sealed.subarray(1, 1 + IV_BYTES),
      sealed.subarray(1 + IV_BYTES, 1 + IV_BYTES + TAG_BYTES),
    ];
    const cipher = createDecipheriv('aes-256-gcm', this.key, iv, { authTagLength: TAG_BYTES });
    cipher.setAAD(Buffer.from(owner)).setAuthTag(tag);
    const content = Buffer.concat([cipher.update(sealed.subarray(1 + IV_BYTES + TAG_BYTES)), cipher.final()]);
    return JSON.parse(content.toString()) as Content;
  }
}
