import type { ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type CallerContext, runAs, systemCaller } from '@parley/contracts';
import { freezeClock } from '@parley/testing';
import type { GatewayConfig } from '../config';
import { Public, Requires } from './decorators';
import { OpenWithoutMfa, StepUp } from './step-up';
import { StepUpGuard } from './step-up.guard';

class Routes {
  @StepUp()
  @Requires('service-tokens:write')
  dangerous(): void {}

  @Requires('calls:read')
  ordinary(): void {}

  @Requires('account:write')
  @OpenWithoutMfa()
  enrolment(): void {}

  @Public()
  open(): void {}
}

const NOW = new Date('2026-11-20T14:10:00Z');
const FRESH = '2026-11-20T14:00:00.001Z';
const STALE = '2026-11-20T14:00:00.000Z';

describe('a step-up', () => {
  const guard = new StepUpGuard(new Reflector(), { STEP_UP_MINUTES: 10 } as GatewayConfig);
  let clock: ReturnType<typeof freezeClock>;
  beforeAll(() => {
    clock = freezeClock(NOW);
  });
  afterAll(() => clock.release());

  const refusal = (route: keyof Routes, caller: Partial<CallerContext>): string => {
    const handler = Object.getOwnPropertyDescriptor(Routes.prototype, route)?.value as object;
    const context = { getType: () => 'http', getHandler: () => handler, getClass: () => Routes };
    try {
      runAs({ ...systemCaller('r'), userId: 'u', ...caller }, () =>
        guard.canActivate(context as unknown as ExecutionContext),
      );
      return 'none';
    } catch (error) {
      return (error as { code: string }).code;
    }
  };

  it.each<[string, Partial<CallerContext>, string]>([
    ['who proved themselves ten minutes ago less a moment', { authenticatedAt: FRESH }, 'none'],
    ['who did ten minutes ago', { authenticatedAt: STALE }, 'STEP_UP_REQUIRED'],
    ['who did not show the factor they have', { mfa: 'enrolled' }, 'STEP_UP_REQUIRED'],
    ['a service token', { apiKeyId: 'k', scopes: ['service-tokens:write'] }, 'STEP_UP_REQUIRED'],
    ['an impersonator', { authenticatedAt: FRESH, impersonatorId: 'i' }, 'STEP_UP_REQUIRED'],
  ])('is asked of %s as it should be', (_who, caller, code) => {
    expect(refusal('dangerous', caller)).toBe(code);
    expect(refusal('ordinary', caller)).toBe('none');
  });

  it('is not enough where a second factor is due, which opens enrolment and nothing else', () => {
    const due = { authenticatedAt: FRESH, mfa: 'due' } as const;
    expect(refusal('dangerous', due)).toBe('MFA_ENROLMENT_REQUIRED');
    expect(refusal('ordinary', due)).toBe('MFA_ENROLMENT_REQUIRED');
    expect(refusal('enrolment', due)).toBe('none');
    expect(refusal('open', due)).toBe('none');
  });
});
