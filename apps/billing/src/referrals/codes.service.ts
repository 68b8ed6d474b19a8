import { Inject, Injectable } from '@nestjs/common';
import { currentCaller, type EditReferralCodeRequest, type ReferralCodeResponse } from '@parley/contracts';
import { ActRecorder } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { CONFIG, Prints } from '@parley/platform';
import type { BillingConfig } from '../config';
import { tenantOfCaller } from '../tenant-of-caller';
import { CodesRepository, type ReferralCode } from './codes.repository';
import { personOfCaller } from './person-of-caller';
import { ReferralCodeUnknown } from './referral.errors';
import { drawCode, normalizeCode, shareUrlOf } from './referral-code';
import { SightingsRepository } from './sightings.repository';

/** Draws; a code that is taken is one in 10⁹ even with hundreds of them. */
const DRAWS = 5;

@Injectable()
export class ReferralCodes {
  constructor(
    @Inject(CONFIG) private readonly config: BillingConfig,
    private readonly database: Database,
    private readonly acts: ActRecorder,
    private readonly codes: CodesRepository,
    private readonly sightings: SightingsRepository,
    private readonly prints: Prints,
  ) {}

  /** The caller's code, made at the first call: one, however many calls race. */
  async mine(): Promise<ReferralCodeResponse> {
    const userId = personOfCaller();
    const tenantId = tenantOfCaller();
    for (let draw = 0; draw < DRAWS; draw++) {
      const known = (await this.findOf(userId)) ?? (await this.make(tenantId, userId));
      if (known) return this.toResponse(known);
    }
    throw new Error('No free referral code was drawn');
  }

  /** Of a person, whichever tenant they are in now. */
  async findOf(userId: string): Promise<ReferralCode | undefined> {
    return this.database.system('own referral code', () => this.codes.findByUser(userId));
  }

  async edit({ code, isActive }: EditReferralCodeRequest): Promise<ReferralCodeResponse> {
    return this.database.system('a referral code is switched', async () => {
      const changed = await this.codes.setActive(
        normalizeCode(code),
        isActive,
        currentCaller().userId ?? null,
      );
      if (!changed) throw new ReferralCodeUnknown();
      await this.acts.record({
        action: isActive ? 'referral-code.switched-on' : 'referral-code.switched-off',
        resourceType: 'referral-code',
        resourceId: changed.id,
        tenantId: changed.tenantId,
      });
      return this.toResponse(changed);
    });
  }

  private async make(tenantId: string, userId: string): Promise<ReferralCode | undefined> {
    return this.database.forTenant(tenantId, async () => {
      await this.sightings.add(tenantId, userId, this.prints.ofNetwork(currentCaller().ip));
      return this.codes.add(tenantId, userId, drawCode());
    });
  }

  private toResponse({ id, code, isActive, createdAt }: ReferralCode): ReferralCodeResponse {
    const shareUrl = shareUrlOf(this.config.APP_URL, code);
    return { id, code, shareUrl, isActive, createdAt: createdAt.toISOString() };
  }
}
