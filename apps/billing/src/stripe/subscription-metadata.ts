/** What we write on a subscription at Stripe, where it survives us. */
export interface PlanRef {
  readonly code: string;
  readonly version: number;
}

type Metadata = Readonly<Record<string, string>>;

const REF = /^([a-z][a-z0-9_.]*)@(\d+)$/;

export const refOf = ({ code, version }: PlanRef): string => `${code}@${version}`;

export function readRef(text: string | undefined): PlanRef | undefined {
  const [, code, version] = REF.exec(text ?? '') ?? [];
  return code && version ? { code, version: Number(version) } : undefined;
}

/** What was sold. */
export const planNamed = (metadata: Metadata): PlanRef | undefined => readRef(metadata['plan']);

/**
 * After a downgrade Stripe has the new price already, and bills it at the next boundary; until then the plan that was
 * paid for holds.
 */
export function heldUntil(metadata: Metadata, periodStart: Date, now: Date): PlanRef | undefined {
  const until = new Date(metadata['holdUntil'] ?? '');
  if (Number.isNaN(until.getTime()) || periodStart >= until || now >= until) return undefined;
  return readRef(metadata['hold']);
}

export const planMetadata = (tenantId: string, plan: PlanRef): Record<string, string> => ({
  tenantId,
  plan: refOf(plan),
  // An empty text takes a key away.
  hold: '',
  holdUntil: '',
});
