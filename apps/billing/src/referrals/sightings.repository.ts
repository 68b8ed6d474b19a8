import { Injectable } from '@nestjs/common';
import { Database } from '@parley/persistence';

/** Kept where the network is not known. */
const SOMEWHERE = '';

/** Who was seen in which tenant, and from which network, as prints. */
@Injectable()
export class SightingsRepository {
  constructor(private readonly database: Database) {}

  async add(tenantId: string, userId: string, network = SOMEWHERE): Promise<void> {
    await this.database.execute(
      `INSERT INTO referral_sightings (tenant_id, user_id, network) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
      [tenantId, userId, network],
    );
  }

  async isMember(tenantId: string, userId: string): Promise<boolean> {
    const rows = await this.database.query(
      'SELECT FROM referral_sightings WHERE tenant_id = $1 AND user_id = $2 LIMIT 1',
      [tenantId, userId],
    );
    return rows.length > 0;
  }

  async hasNetwork(tenantId: string, network: string): Promise<boolean> {
    const rows = await this.database.query(
      'SELECT FROM referral_sightings WHERE tenant_id = $1 AND network = $2 LIMIT 1',
      [tenantId, network],
    );
    return rows.length > 0;
  }
}
