import { Injectable } from '@nestjs/common';
import { currentCaller, type ReferralSettingsEdit, type ReferralSettingsResponse } from '@parley/contracts';
import { ActRecorder } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { given } from '../catalogue/given';
import { type Program, ProgramRepository } from './program.repository';

@Injectable()
export class ReferralProgram {
  constructor(
    private readonly database: Database,
    private readonly acts: ActRecorder,
    private readonly programs: ProgramRepository,
  ) {}

  async get(): Promise<ReferralSettingsResponse> {
    return toResponse(await this.database.system('referral settings', () => this.programs.current()));
  }

  /** A new version: referrals keep the terms they signed up under. */
  async edit({ commissionBasisPoints, ...edit }: ReferralSettingsEdit): Promise<ReferralSettingsResponse> {
    return this.database.system('referral settings are edited', async () => {
      const before = await this.programs.lock();
      const next = await this.programs.add({
        ...before,
        ...given({ ...edit, commissionBps: commissionBasisPoints }),
        version: before.version + 1,
        updatedBy: currentCaller().userId ?? null,
      });
      await this.acts.record({
        action: 'referral-settings.changed',
        resourceType: 'referral-settings',
        tenantId: null,
        before: toResponse(before),
        after: toResponse(next),
      });
      return toResponse(next);
    });
  }
}

const toResponse = ({ commissionBps, updatedAt, ...program }: Program): ReferralSettingsResponse => ({
  ...program,
  commissionBasisPoints: commissionBps,
  updatedAt: updatedAt.toISOString(),
});
