import { applyDecorators, HttpCode, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth, ApiExtension, ApiOperation, ApiResponse } from '@nestjs/swagger';
import type { Permission } from './permissions';
import type { DeclaredRate, RateOf } from './rate-classes';

export const ACCESS = Symbol('ACCESS');
export const RATE_CLASS = Symbol('RATE_CLASS');

export type Access = { kind: 'public' } | { kind: 'permission'; permission: Permission };

/** Only callers who hold `permission`. Every route declares this or `Public`; a test sees to it. */
export const Requires = (permission: Permission) =>
  applyDecorators(
    SetMetadata<symbol, Access>(ACCESS, { kind: 'permission', permission }),
    ApiBearerAuth(),
    ApiExtension('x-permission', permission),
  );

/** Open to the world. */
export const Public = () =>
  applyDecorators(SetMetadata<symbol, Access>(ACCESS, { kind: 'public' }), ApiExtension('x-public', true));

/** Which limit of REQUIREMENTS 4.2 applies; `API` unless said otherwise. */
export const Limited = (rate: DeclaredRate | RateOf) =>
  applyDecorators(
    SetMetadata(RATE_CLASS, rate),
    ...(typeof rate === 'string' ? [ApiExtension('x-rate-class', rate)] : []),
  );

/** What a route does and answers, for OpenAPI and for the status. */
export const Answers = (
  summary: string,
  type: new () => object,
  options: { status?: number; errors?: Record<number, string> } = {},
) => {
  const { status = 200, errors = {} } = options;
  return applyDecorators(
    HttpCode(status),
    ApiOperation({ summary }),
    ApiResponse({ status, type }),
    ...Object.entries(errors).map(([code, description]) =>
      ApiResponse({ status: Number(code), description }),
    ),
  );
};

/** As `Answers`, without a body; 202 where the work comes later. */
export const AnswersNothing = (summary: string, status: 202 | 204 = 204) =>
  applyDecorators(HttpCode(status), ApiOperation({ summary }), ApiResponse({ status }));
