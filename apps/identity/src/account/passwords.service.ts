import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '@parley/platform';
import { compare, hash } from 'bcrypt';
import type { IdentityConfig } from '../config';
import { WeakPassword } from './account.errors';
import { findPasswordFault, fitsBcrypt, normalizePassword } from './password';

/** bcrypt, on libuv's threads: the event loop goes on. Call outside a transaction. */
@Injectable()
export class Passwords {
  /** What unknown accounts are compared with, so that they take the same time. */
  private readonly decoy: Promise<string>;

  constructor(@Inject(CONFIG) private readonly config: IdentityConfig) {
    this.decoy = hash(randomBytes(24).toString('base64'), config.BCRYPT_COST);
  }

  /**
   * @param field what the request calls the password
   * @throws WeakPassword
   */
  async hashNew(password: string, email: string, field?: string): Promise<string> {
    const normal = normalizePassword(password);
    const fault = findPasswordFault(normal, email);
    if (fault) throw new WeakPassword(fault, field);
    return hash(normal, this.config.BCRYPT_COST);
  }

  /** Takes as long without a hash as with one. */
  async matches(password: string, passwordHash: string | null | undefined): Promise<boolean> {
    const normal = normalizePassword(password);
    const same = await compare(normal, passwordHash ?? (await this.decoy));
    return same && Boolean(passwordHash) && fitsBcrypt(normal);
  }
}
