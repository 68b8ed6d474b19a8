import type { Role } from './context';
import type { DtoClass } from './validate';

export const SERVICES = [
  'gateway',
  'identity',
  'telephony-ingest',
  'ai-agents',
  'billing',
  'analytics',
  'notifications',
] as const;

export type ServiceName = (typeof SERVICES)[number];

/** A question one service answers. Declared once, typed on both ends. */
export interface Operation<Request extends object, Response extends object> {
  /** `owner.thing.verb`, such as `billing.credits.get`. */
  readonly name: string;
  readonly service: ServiceName;
  readonly request: DtoClass<Request>;
  readonly response: DtoClass<Response>;
  readonly timeoutMs: number;
  /** Answered to callers of this role only, whatever the edge let through. */
  readonly role?: Role;
}

export const DEFAULT_RPC_TIMEOUT_MS = 5_000;

export function defineOperation<Request extends object, Response extends object>(definition: {
  name: string;
  service: ServiceName;
  request: DtoClass<Request>;
  response: DtoClass<Response>;
  timeoutMs?: number;
  role?: Role;
}): Operation<Request, Response> {
  return { timeoutMs: DEFAULT_RPC_TIMEOUT_MS, ...definition };
}

/** For operations that need no input, or have nothing to say. */
export class Nothing {}
