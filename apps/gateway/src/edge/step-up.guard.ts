import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { currentCaller } from '@parley/contracts';
import { CONFIG } from '@parley/platform';
import type { GatewayConfig } from '../config';
import { ACCESS, type Access } from './decorators';
import { isFresh, MfaEnrolmentRequired, STEP_UP, StepUpRequired, WITHOUT_MFA } from './step-up';

/** The one place where fresh proof and due second factors are checked. After `AccessGuard`. */
@Injectable()
export class StepUpGuard implements CanActivate {
  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(CONFIG) private readonly config: GatewayConfig,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    if (context.getType() !== 'http') return true;
    const caller = currentCaller();
    if (caller.mfa === 'due' && !this.isOpen(context)) throw new MfaEnrolmentRequired();
    if (this.read(STEP_UP, context) && !isFresh(caller, this.config.STEP_UP_MINUTES)) {
      throw new StepUpRequired();
    }
    return true;
  }

  private isOpen(context: ExecutionContext): boolean {
    const access = this.read<Access>(ACCESS, context);
    return access?.kind === 'public' || this.read(WITHOUT_MFA, context) === true;
  }

  private read<T = boolean>(key: symbol, context: ExecutionContext): T | undefined {
    return this.reflector.getAllAndOverride<T | undefined>(key, [context.getHandler(), context.getClass()]);
  }
}
