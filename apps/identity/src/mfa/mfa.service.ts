import { Inject, Injectable } from '@nestjs/common';
import type { MfaOverview, RecoveryCodes } from '@parley/contracts';
import { Database } from '@parley/persistence';
import { actingInPerson } from '../session/acting-user';
import { FactorChanges } from './factor-changes.service';
import { NotEnrolled } from './mfa.errors';
import { PasskeyRepository, toPasskey } from './passkey.repository';
import { RecoveryCodeRepository } from './recovery-code.repository';
import { MfaStandings } from './mfa-standing.repository';
import { TotpRepository } from './totp.repository';

@Injectable()
export class MfaService {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(FactorChanges) private readonly changes: FactorChanges,
    @Inject(TotpRepository) private readonly totps: TotpRepository,
    @Inject(PasskeyRepository) private readonly passkeys: PasskeyRepository,
    @Inject(RecoveryCodeRepository) private readonly codes: RecoveryCodeRepository,
    @Inject(MfaStandings) private readonly standings: MfaStandings,
  ) {}

  /** What the caller has enrolled. */
  async overview(): Promise<MfaOverview> {
    const { userId, tenantId } = actingInPerson();
    return this.db.system('own factors', async () => {
      const confirmedAt = (await this.totps.find(userId))?.confirmedAt;
      const passkeys = await this.passkeys.ofPerson(userId);
      return {
        enrolled: Boolean(confirmedAt) || passkeys.length > 0,
        required: await this.standings.isRequiredIn(tenantId),
        totp: confirmedAt ? { enrolledAt: confirmedAt.toISOString() } : null,
        passkeys: passkeys.map(toPasskey),
        recoveryCodesLeft: await this.codes.countLeft(userId),
      };
    });
  }

  /** @throws NotEnrolled */
  async renewRecoveryCodes(): Promise<RecoveryCodes> {
    return this.changes.take(async (user) => {
      if (!(await this.changes.isEnrolled(user))) throw new NotEnrolled();
      const recoveryCodes = await this.changes.renewCodes(user);
      await this.changes.record(user, {
        action: 'mfa.recovery_codes_renewed',
        mail: 'mfa_recovery_codes_renewed',
      });
      return { recoveryCodes };
    });
  }
}
