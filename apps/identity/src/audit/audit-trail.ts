import { Inject, Injectable } from '@nestjs/common';
import { type Act, currentCaller, newId, toFacts } from '@parley/contracts';
import { AUDIT_VERSION, type AuditRow, linkHash, PLATFORM_CHAIN, sealPersonal } from './audit-chain';
import { AuditRepository } from './audit.repository';

/** An act of identity's own. */
export interface AuditedAct extends Act {
  /** Who acted, where the caller has no identity yet. */
  actorUserId?: string;
  /** The impersonation an act is about, where it is not the caller's. */
  impersonationId?: string;
  impersonatorId?: string;
}

/** An act with all that the trail keeps of it. */
export type WholeAct = Omit<AuditRow, 'id' | 'seq' | 'version' | 'salt' | 'personalHash'>;

/** Writes acts down in the transaction that does them: both happen or neither. */
@Injectable()
export class AuditTrail {
  constructor(@Inject(AuditRepository) private readonly rows: AuditRepository) {}

  /** Of several acts the chains are taken in one order for everybody, so that two transactions never wait in a ring. */
  async recordAll(acts: readonly AuditedAct[]): Promise<void> {
    const { tenantId = null } = currentCaller();
    const chainOf = (act: AuditedAct): string =>
      (act.tenantId === undefined ? tenantId : act.tenantId) ?? PLATFORM_CHAIN;
    const ordered = acts.map((act, place) => ({ act, place, chain: chainOf(act) }));
    ordered.sort((a, b) => (a.chain === b.chain ? a.place - b.place : a.chain < b.chain ? -1 : 1));
    for (const { act } of ordered) await this.record(act);
  }

  /** Call last in the transaction: until it ends, other acts of the same tenant wait. */
  async record(act: AuditedAct): Promise<void> {
    const caller = currentCaller();
    await this.append({
      tenantId: act.tenantId === undefined ? (caller.tenantId ?? null) : act.tenantId,
      at: new Date(),
      action: act.action,
      resourceType: act.resourceType,
      resourceId: act.resourceId ?? null,
      actorUserId: act.actorUserId ?? caller.userId ?? null,
      actorKeyId: caller.apiKeyId ?? null,
      impersonatorId: act.impersonatorId ?? caller.impersonatorId ?? null,
      impersonationId: act.impersonationId ?? caller.impersonationId ?? null,
      requestId: caller.requestId,
      ip: caller.ip ?? null,
      userAgent: caller.userAgent ?? null,
      before: toFacts(act.before),
      after: toFacts(act.after),
    });
  }

  /** As `record`, for what somebody did elsewhere. */
  async append(act: WholeAct): Promise<void> {
    const chain = act.tenantId ?? PLATFORM_CHAIN;
    const end = await this.rows.lockEnd(chain);
    const row: AuditRow = {
      id: newId(),
      seq: end.seq + 1,
      ...act,
      ...sealPersonal(act),
      version: AUDIT_VERSION,
    };
    await this.rows.append(chain, { ...row, hash: linkHash(end.hash, row) });
  }
}
