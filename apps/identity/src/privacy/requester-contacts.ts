import { Inject, Injectable } from '@nestjs/common';
import type { Locale } from '@parley/contracts';
import { CONFIG, SecretBox } from '@parley/platform';
import type { IdentityConfig } from '../config';
import type { PrivacyRequest } from './privacy-request';

export interface Contact {
  email: string;
  name: string;
  locale: Locale;
}

/** Whom to tell when a request is done: sealed beside it until then, for the account may be gone by that time. */
@Injectable()
export class RequesterContacts {
  private readonly box: SecretBox;

  constructor(@Inject(CONFIG) config: IdentityConfig) {
    this.box = new SecretBox(config.ENCRYPTION_KEY);
  }

  seal(requestId: string, { email, name, locale }: Contact): Buffer {
    return this.box.seal(JSON.stringify({ email, name, locale }), ownerOf(requestId));
  }

  /** Undefined once the request is done. */
  open({ id, contactEnc }: PrivacyRequest): Contact | undefined {
    return contactEnc ? (JSON.parse(this.box.open(contactEnc, ownerOf(id))) as Contact) : undefined;
  }
}

const ownerOf = (requestId: string): string => `privacy_request:${requestId}`;
