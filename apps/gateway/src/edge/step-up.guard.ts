import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type CallerContext, currentCaller } from '@parley/contracts';
import { CONFIG } from '@parley/platform';
import type { GatewayConfig } from '../config';
import { ACCESS, type Access } from './decorators';
import { MfaEnrolmentRequired, STEP_UP, StepUpRequired, WITHOUT_MFA } from './step-up';

/** The one place where fresh proof and due second factors are checked. After `AccessGuard`. */
@Injectable()
export class StepUpGuard implements CanActivate {
  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(CONFIG) private readonly config: GatewayConfig,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    if (context.getType() !== 'http') return true;
    const { mfa } = currentCaller();
    if (mfa === 'due' && !this.isOpen(context)) throw new MfaEnrolmentRequired();
    if (this.read(STEP_UP, context) && !this.isFresh(currentCaller())) throw new StepUpRequired();
    return true;
  }

  /** No proof comes with service tokens, nor with a session that did not show the second factor its person has. */
  private isFresh({ authenticatedAt, impersonatorId }: CallerContext): boolean {
    if (!authenticatedAt || impersonatorId) return false;
    return Date.now() - Date.parse(authenticatedAt) < this.config.STEP_UP_MINUTES * 60_000;
  }

  private isOpen(context: ExecutionContext): boolean {
    const access = this.read<Access>(ACCESS, context);
    return access?.kind === 'public' || this.read(WITHOUT_MFA, context) === true;
  }

  private read<T = boolean>(key: symbol, context: ExecutionContext): T | undefined {
    return this.reflector.getAllAndOverride<T | undefined>(key, [context.getHandler(), context.getClass()]);
  }
}
