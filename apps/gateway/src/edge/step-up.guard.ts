import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { currentCaller } from '@parley/contracts';
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
    const { mfa, authenticatedAt } = currentCaller();
    if (mfa === 'due' && !this.isOpen(context)) throw new MfaEnrolmentRequired();
    if (this.read(STEP_UP, context) && !this.isFresh(authenticatedAt)) throw new StepUpRequired();
    return true;
  }

  /** Absent for service tokens, impersonators, and whoever has a second factor they did not show. */
  private isFresh(authenticatedAt: string | undefined): boolean {
    if (!authenticatedAt) return false;
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
