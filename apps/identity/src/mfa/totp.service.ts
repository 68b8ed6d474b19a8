import { Inject, Injectable } from '@nestjs/common';
import type { ConfirmedTotp, TotpSecret } from '@parley/contracts';
import { FactorChanges } from './factor-changes.service';
import { FactorCheck } from './factor-check.service';
import { FactorNotFound, NothingToConfirm, TotpActive, WrongFirstCode } from './mfa.errors';
import { acceptedStep, newTotpSecret, totpUri } from './totp';
import { TotpRepository } from './totp.repository';

/** The caller's own authenticator app. */
@Injectable()
export class TotpService {
  constructor(
    @Inject(FactorChanges) private readonly changes: FactorChanges,
    @Inject(FactorCheck) private readonly factors: FactorCheck,
    @Inject(TotpRepository) private readonly totps: TotpRepository,
  ) {}

  /**
   * Changes nothing at sign-in until the first code is right.
   * @throws TotpActive
   */
  async begin(): Promise<TotpSecret> {
    return this.changes.take(async (user, at) => {
      const secret = newTotpSecret();
      const begun = await this.totps.begin(user.id, this.factors.sealTotp(user.id, secret), at);
      if (!begun) throw new TotpActive();
      await this.changes.record(user, { action: 'mfa.totp_begun' });
      return { secret, uri: totpUri(secret, user.email) };
    });
  }

  /** @throws NothingToConfirm, WrongFirstCode */
  async confirm(code: string): Promise<ConfirmedTotp> {
    return this.changes.take(async (user, at) => {
      const pending = await this.totps.find(user.id);
      if (!pending || pending.confirmedAt) throw new NothingToConfirm();
      const step = acceptedStep(this.factors.openTotp(user.id, pending), code, null, at);
      if (step === undefined) throw new WrongFirstCode();
      const first = !(await this.changes.isEnrolled(user));
      await this.totps.confirm(user.id, step, at);
      const recoveryCodes = await this.changes.afterAdding(user, first, 'otp');
      await this.changes.record(user, { action: 'mfa.totp_added', mail: 'mfa_factor_added' });
      return { recoveryCodes };
    });
  }

  /** @throws FactorNotFound */
  async remove(): Promise<void> {
    await this.changes.take(async (user) => {
      if (!(await this.totps.remove(user.id))) throw new FactorNotFound();
      await this.changes.afterRemoving(user);
      await this.changes.record(user, { action: 'mfa.totp_removed', mail: 'mfa_factor_removed' });
    });
  }
}
