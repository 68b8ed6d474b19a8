import { applyDecorators } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';

export const AUDITED = 'x-audited';
export const UNAUDITED = 'x-unaudited';

/**
 * What the route leaves in the audit trail: the service that does the act writes it, in the act's transaction. Every
 * route that changes something, or needs fresh proof, declares this or `Unaudited`; a test sees to it, and another that
 * the act is written (ADR 0027).
 */
export const Audited = (...acts: [string, ...string[]]) => applyDecorators(ApiExtension(AUDITED, acts));

/** Neither administration nor security, and why. */
export const Unaudited = (reason: string) => applyDecorators(ApiExtension(UNAUDITED, reason));
