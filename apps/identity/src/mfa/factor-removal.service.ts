import { Inject, Injectable } from '@nestjs/common';
import { ChallengeRepository } from './challenge.repository';
import { PasskeyRepository } from './passkey.repository';
import { RecoveryCodeRepository } from './recovery-code.repository';
import { TotpRepository } from './totp.repository';

export interface RemovedFactors {
  totp: boolean;
  passkeys: number;
}

/** Takes every second factor of a person away, and challenges that wait for one. In the open system transaction. */
@Injectable()
export class FactorRemoval {
  constructor(
    @Inject(TotpRepository) private readonly totps: TotpRepository,
    @Inject(PasskeyRepository) private readonly passkeys: PasskeyRepository,
    @Inject(RecoveryCodeRepository) private readonly codes: RecoveryCodeRepository,
    @Inject(ChallengeRepository) private readonly challenges: ChallengeRepository,
  ) {}

  async all(userId: string): Promise<RemovedFactors> {
    const totp = await this.totps.remove(userId);
    const passkeys = await this.passkeys.removeAll(userId);
    await this.codes.removeAll(userId);
    await this.challenges.dropOf(userId);
    return { totp, passkeys };
  }
}
