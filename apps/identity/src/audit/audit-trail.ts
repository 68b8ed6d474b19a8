import { Inject, Injectable } from '@nestjs/common';
import { currentCaller, newId } from '@parley/contracts';
import { AUDIT_VERSION, type AuditRow, linkHash, PLATFORM_CHAIN, sealPersonal, toFacts } from './audit-chain';
import { AuditRepository } from './audit.repository';

export interface AuditedAct {
  /** `thing.participle`. */
  action: string;
  resourceType: string;
  resourceId?: string;
  /** What the act changed, without secrets. */
  before?: object;
  after?: object;
  /** Whose trail; the caller's tenant by default, null for the platform's. */
  tenantId?: string | null;
  /** Who acted, where the caller has no identity yet. */
  actorUserId?: string;
  /** The impersonation an act is about, where it is not the caller's. */
  impersonationId?: string;
  impersonatorId?: string;
}

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
    const tenantId = act.tenantId === undefined ? (caller.tenantId ?? null) : act.tenantId;
    const chain = tenantId ?? PLATFORM_CHAIN;
    const end = await this.rows.lockEnd(chain);
    const personal = {
      ip: caller.ip ?? null,
      userAgent: caller.userAgent ?? null,
      before: toFacts(act.before),
      after: toFacts(act.after),
    };
    const row: AuditRow = {
      id: newId(),
      seq: end.seq + 1,
      tenantId,
      at: new Date(),
      action: act.action,
      resourceType: act.resourceType,
      resourceId: act.resourceId ?? null,
      actorUserId: act.actorUserId ?? caller.userId ?? null,
      actorKeyId: caller.apiKeyId ?? null,
      impersonatorId: act.impersonatorId ?? caller.impersonatorId ?? null,
      impersonationId: act.impersonationId ?? caller.impersonationId ?? null,
      requestId: caller.requestId,
      ...personal,
      ...sealPersonal(personal),
      version: AUDIT_VERSION,
    };
    await this.rows.append(chain, { ...row, hash: linkHash(end.hash, row) });
  }
}
