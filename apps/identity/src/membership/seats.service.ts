import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@parley/persistence';
import { type LockedTenant, MembershipRepository } from './membership.repository';
import { SeatsTaken, TenantNotFound } from './membership.errors';

@Injectable()
export class Seats {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(MembershipRepository) private readonly memberships: MembershipRepository,
  ) {}

  /**
   * Whether one more finds a seat. Only under the tenant's lock is the count still true afterwards.
   * @param reserved seats held by open invitations of others
   * @throws SeatsTaken
   */
  async demandOne({ id, seatLimit }: LockedTenant, reserved: number): Promise<void> {
    if (seatLimit === null) return;
    if ((await this.memberships.count(id)) + reserved >= seatLimit) throw new SeatsTaken();
  }

  /**
   * What a plan includes, in the open transaction. Who sits already keeps the seat, however low the limit; one is
   * always there, for somebody has to pay for more. An event that comes late, after a later one, changes nothing.
   * @param seats null: as many as they like
   */
  async entitle(tenantId: string, seats: number | null, version: number): Promise<void> {
    await this.memberships.entitle(tenantId, seats === null ? null : Math.max(1, seats), version);
  }

  /**
   * Who sits already keeps the seat, however low the limit.
   * @param limit null: as many as they like
   */
  async setLimit(tenantId: string, limit: number | null): Promise<void> {
    await this.db.system('seats of a plan', async () => {
      if (!(await this.memberships.lockTenant(tenantId))) throw new TenantNotFound();
      await this.memberships.setSeatLimit(tenantId, limit);
    });
  }
}
