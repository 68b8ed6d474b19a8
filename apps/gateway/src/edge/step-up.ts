import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiExtension, type OpenAPIObject } from '@nestjs/swagger';
import { type CallerContext, Forbidden } from '@parley/contracts';

export const STEP_UP = Symbol('STEP_UP');
export const WITHOUT_MFA = Symbol('WITHOUT_MFA');

const MARK = 'x-step-up';

/**
 * Only shortly after the caller proved who they are, with a second factor if they have one (ADR 0015). For what a
 * stolen session must not do: payouts, keys, exports, erasure, impersonation. Service tokens never pass.
 */
export const StepUp = () => applyDecorators(SetMetadata(STEP_UP, true), ApiExtension(MARK, true));

/** Open to members who have yet to enrol the second factor their tenant requires. */
export const OpenWithoutMfa = () => SetMetadata(WITHOUT_MFA, true);

/**
 * Whether the caller proved who they are in the last `minutes`. No proof comes with service tokens, with an
 * impersonation, nor with a session that did not show the second factor its person has.
 */
export function isFresh(
  { authenticatedAt, impersonatorId }: Pick<CallerContext, 'authenticatedAt' | 'impersonatorId'>,
  minutes: number,
): boolean {
  if (!authenticatedAt || impersonatorId) return false;
  return Date.now() - Date.parse(authenticatedAt) < minutes * 60_000;
}

export class StepUpRequired extends Forbidden {
  constructor() {
    super(
      'Prove who you are again: POST /v1/auth/step-up, then use the new access token',
      'STEP_UP_REQUIRED',
    );
  }
}

export class MfaEnrolmentRequired extends Forbidden {
  constructor() {
    super(
      'This tenant requires a second factor: enrol one under /v1/users/me/mfa, then refresh',
      'MFA_ENROLMENT_REQUIRED',
    );
  }
}

/** Names the refusal on the routes that wear it, whatever order their decorators stand in. */
export function describeStepUp(document: OpenAPIObject): void {
  for (const methods of Object.values(document.paths)) {
    for (const operation of [methods.get, methods.post, methods.put, methods.patch, methods.delete]) {
      if (!operation || !(MARK in operation)) continue;
      const refused = operation.responses['403'];
      const before = refused && 'description' in refused ? refused.description : '';
      const description = [before, 'STEP_UP_REQUIRED: POST /v1/auth/step-up first']
        .filter(Boolean)
        .join('; ');
      operation.responses['403'] = { ...refused, description };
    }
  }
}
