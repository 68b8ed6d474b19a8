import { billedMinutes } from '@parley/contracts';

/** What every tenant begins with. */
export const GIFT = 15;

/** What a tenant's minutes must come to, by sums alone: it knows nothing of grants, wallets or order. */
export class Model {
  private readonly granted = new Map<string, number>();
  private readonly revoked = new Map<string, Map<string, number>>();
  private readonly seconds = new Map<string, { version: number; seconds: number }>();
  private readonly held = new Map<string, number>();

  grant(key: string, units: number): void {
    if (!this.granted.has(key)) this.granted.set(key, units);
  }

  /** What is given in parts, as it stands. */
  adjust(key: string, units: number): void {
    this.granted.set(key, units);
  }

  revoke(key: string, refund: string, units: number): void {
    const total = this.granted.get(key);
    if (total === undefined) return;
    const refunds = this.revoked.get(key) ?? new Map<string, number>();
    this.revoked.set(key, refunds);
    if (refunds.has(refund)) return;
    const left = total - [...refunds.values()].reduce((sum, each) => sum + each, 0);
    if (left > 0) refunds.set(refund, Math.min(units, left));
  }

  report(call: string, version: number, seconds: number): void {
    this.held.set(`call:${call}`, 0);
    const known = this.seconds.get(call);
    if (!known || known.version < version) this.seconds.set(call, { version, seconds });
  }

  /** @returns whether the hold is promised */
  take(source: string, units: number, room = 0): boolean {
    if ((this.held.get(source) ?? 0) > 0) return true;
    if (this.total + room - this.promised < units) return false;
    this.held.set(source, units);
    return true;
  }

  start(call: string, room = 0): void {
    if (this.held.has(`call:${call}`)) return;
    this.held.set(`call:${call}`, this.total + room - this.promised >= 1 ? 1 : 0);
  }

  release(source: string): void {
    if (this.held.has(source)) this.held.set(source, 0);
  }

  get total(): number {
    const sums = (units: Iterable<number>): number => [...units].reduce((sum, each) => sum + each, 0);
    const refunds = [...this.revoked.values()].flatMap((each) => [...each.values()]);
    const used = [...this.seconds.values()].map(({ seconds }) => billedMinutes(seconds));
    return GIFT + sums(this.granted.values()) - sums(refunds) - sums(used);
  }

  get promised(): number {
    return [...this.held.values()].reduce((sum, each) => sum + each, 0);
  }
}
