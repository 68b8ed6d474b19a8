import { randomBytes } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { currentCaller } from '@parley/contracts';
import { CONFIG } from '@parley/platform';
import { compare, hash } from 'bcrypt';
import type { IdentityConfig } from '../config';
import { WeakPassword } from './account.errors';
import { commonPasswords } from './common-passwords';
import type { PasswordOwner } from './guessable';
import { defaultTurns, HashTurns } from './hash-turns';
import { lowerPoolPriority } from './pool-priority';
import { findPasswordFault, fitsBcrypt, normalizePassword, tellFault } from './password';

/** bcrypt, on libuv's threads, a few at a time: everything else goes on. Call outside a transaction. */
@Injectable()
export class Passwords {
  private readonly logger = new Logger(Passwords.name);
  /** What unknown accounts are compared with, so that they take the same time. */
  private readonly decoy: Promise<string>;
  private readonly turns: HashTurns;

  constructor(@Inject(CONFIG) private readonly config: IdentityConfig) {
    this.turns = new HashTurns(config.HASHING_CONCURRENCY ?? defaultTurns());
    this.decoy = hash(randomBytes(24).toString('base64'), config.BCRYPT_COST);
    this.giveWay();
  }

  /**
   * @param owner whose name and address the password must not be built from
   * @param field what the request calls the password
   * @throws WeakPassword
   */
  async hashNew(password: string, owner: PasswordOwner, field?: string): Promise<string> {
    const normal = normalizePassword(password);
    const fault = findPasswordFault(normal, owner, await commonPasswords());
    if (fault) throw new WeakPassword(tellFault(fault, currentCaller().locale), field);
    return this.turns.take(() => hash(normal, this.config.BCRYPT_COST));
  }

  /** Takes as long without a hash as with one. */
  async matches(password: string, passwordHash: string | null | undefined): Promise<boolean> {
    const normal = normalizePassword(password);
    const known = passwordHash ?? (await this.decoy);
    const same = await this.turns.take(() => compare(normal, known));
    return same && Boolean(passwordHash) && fitsBcrypt(normal);
  }

  /** The pool has its threads once something was hashed. A system that forbids this is slower, not broken. */
  private giveWay(): void {
    try {
      lowerPoolPriority();
    } catch (error) {
      this.logger.warn({ err: error }, 'hashing keeps its priority');
    }
  }
}
