import { Inject, Injectable } from '@nestjs/common';
import {
  type CallerContext,
  currentCaller,
  Forbidden,
  recordImpersonationAct,
  type RecordImpersonationActRequest,
} from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import { type Effect, type ImpersonationRule, judgeImpersonated } from './impersonation-rules';

const MAX_PATH = 512;

export const impersonationForbidden = (): Forbidden =>
  new Forbidden('This is out of reach while acting as somebody else', 'IMPERSONATION_FORBIDDEN');

const readOnly = (): Forbidden =>
  new Forbidden('This impersonation only looks: ask for one that writes', 'IMPERSONATION_READ_ONLY');

/** Holds impersonators to their limits, over HTTP and sockets alike. */
@Injectable()
export class Impersonations {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  /**
   * Nothing for everybody else. What changes something is written down by identity before it is done; when that
   * fails it is not done.
   * @throws Forbidden IMPERSONATION_FORBIDDEN or IMPERSONATION_READ_ONLY, Unauthenticated when the grant has ended
   */
  async hold(rule: ImpersonationRule, effect: Effect, act: RecordImpersonationActRequest): Promise<void> {
    const caller = currentCaller();
    if (!isImpersonated(caller)) return;
    const verdict = judgeImpersonated(rule, caller.impersonationMode ?? 'read', effect);
    if (verdict === 'forbidden') throw impersonationForbidden();
    if (verdict === 'read-only') throw readOnly();
    if (verdict === 'record') {
      await this.rpc.call(recordImpersonationAct, { ...act, path: act.path.slice(0, MAX_PATH) });
    }
  }
}

const isImpersonated = ({ impersonatorId, impersonationId }: CallerContext): boolean =>
  Boolean(impersonatorId ?? impersonationId);
