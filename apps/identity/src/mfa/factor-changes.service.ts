import { Inject, Injectable } from '@nestjs/common';
import { type AuthMethod, type EmailTemplate, emailRequestedV1, Unauthenticated } from '@parley/contracts';
import { Outbox } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { type User, UserRepository } from '../account/user.repository';
import { AuditTrail } from '../audit/audit-trail';
import { actingInPerson } from '../session/acting-user';
import { ProofRepository } from '../session/proof.repository';
import { SessionEndings } from '../session/session-endings.service';
import { newRecoveryCode, hashOfRecoveryCode, RECOVERY_CODES } from './recovery-code';
import { RecoveryCodeRepository } from './recovery-code.repository';
import { MfaStandings } from './mfa-standing.repository';

export interface FactorChange {
  action: string;
  resourceId?: string;
  after?: object;
  /** What the owner is told, so that a thief's change does not go unnoticed; their other sessions end with it. */
  mail?: EmailTemplate;
}

/** Changes of one person's factors take turns, are written down, and told to their owner. */
@Injectable()
export class FactorChanges {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(Outbox) private readonly outbox: Outbox,
    @Inject(UserRepository) private readonly users: UserRepository,
    @Inject(ProofRepository) private readonly proofs: ProofRepository,
    @Inject(RecoveryCodeRepository) private readonly codes: RecoveryCodeRepository,
    @Inject(MfaStandings) private readonly standings: MfaStandings,
    @Inject(SessionEndings) private readonly endings: SessionEndings,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
  ) {}

  /** Runs `work` on the caller's own factors, in person. */
  async take<T>(work: (user: User, at: Date) => Promise<T>): Promise<T> {
    const { userId } = actingInPerson();
    return this.db.system('own factors', async () => {
      const user = await this.users.lock(userId);
      if (!user) throw new Unauthenticated('This account has ended');
      return work(user, new Date());
    });
  }

  /** Once there is a factor: codes with the first one, and this session has just shown it. */
  async afterAdding(user: User, first: boolean, method: AuthMethod): Promise<string[] | null> {
    const { sessionId } = actingInPerson();
    if (sessionId) await this.proofs.add(sessionId, user.id, method);
    return first ? this.renewCodes(user) : null;
  }

  /** Without a factor there is nothing to recover. */
  async afterRemoving(user: User): Promise<void> {
    if (!(await this.isEnrolled(user))) await this.codes.removeAll(user.id);
  }

  async isEnrolled({ id }: User): Promise<boolean> {
    return (await this.standings.methodsOf(id)).length > 0;
  }

  async renewCodes({ id }: User): Promise<string[]> {
    const codes = Array.from({ length: RECOVERY_CODES }, newRecoveryCode);
    await this.codes.replace(
      id,
      codes.map((code) => hashOfRecoveryCode(id, code)),
    );
    return codes;
  }

  /** Call last in the transaction. */
  async record(user: User, { action, resourceId, after, mail }: FactorChange): Promise<void> {
    const act = {
      action,
      resourceType: 'mfa',
      resourceId: resourceId ?? user.id,
      ...(after ? { after } : {}),
    };
    if (!mail) return this.audit.record(act);
    await this.mail(user, mail);
    const { sessionId } = actingInPerson();
    const others = { userId: user.id, ...(sessionId ? { exceptId: sessionId } : {}) };
    await this.endings.end(others, 'mfa_changed', new Date(), [act]);
  }

  async mail({ id, email, locale, name }: User, template: EmailTemplate): Promise<void> {
    await this.outbox.add(
      emailRequestedV1,
      { userId: id, to: email, locale, name, template },
      { subject: id },
    );
  }
}
