import { Inject, Injectable } from '@nestjs/common';
import type { PasskeyAssertion } from '@parley/contracts';
import type { Envelope } from '../envelopes/envelope';
import { Envelopes } from '../envelopes/envelopes.service';
import { type FactorAnswer, type FactorVerdict, WRONG } from './factor-answer';
import { type StoredPasskey, PasskeyRepository } from './passkey.repository';
import { hashOfRecoveryCode } from './recovery-code';
import { RecoveryCodeRepository } from './recovery-code.repository';
import { handleOf, RelyingParty } from './relying-party';
import { acceptedStep } from './totp';
import { TotpRepository } from './totp.repository';

/** Judges answers in the open system transaction; what is right is used up with it. */
@Injectable()
export class FactorCheck {
  constructor(
    @Inject(Envelopes) private readonly envelopes: Envelopes,
    @Inject(TotpRepository) private readonly totps: TotpRepository,
    @Inject(RecoveryCodeRepository) private readonly codes: RecoveryCodeRepository,
    @Inject(PasskeyRepository) private readonly passkeys: PasskeyRepository,
    @Inject(RelyingParty) private readonly party: RelyingParty,
  ) {}

  /** @param ceremony what a passkey had to sign, if its options were asked for */
  async check(
    userId: string,
    { code, recoveryCode, passkey }: FactorAnswer,
    ceremony: string | null,
    at: Date,
  ): Promise<FactorVerdict> {
    if (code !== undefined) return this.checkCode(userId, code, at);
    if (recoveryCode !== undefined) {
      const used = await this.codes.use(userId, hashOfRecoveryCode(userId, recoveryCode), at);
      return used ? { kind: 'proved', method: 'recovery' } : WRONG;
    }
    const stored = passkey && (await this.passkeys.findByCredential(passkey.id));
    if (!passkey || !stored || stored.userId !== userId || !ceremony) return WRONG;
    return this.checkPasskey(stored, passkey, ceremony, at);
  }

  async checkPasskey(
    stored: StoredPasskey,
    passkey: PasskeyAssertion,
    ceremony: string,
    at: Date,
  ): Promise<FactorVerdict> {
    const handle = passkey.response.userHandle;
    if (handle && Buffer.from(handle, 'base64url').toString() !== handleOf(stored.userId)) return WRONG;
    const counter = await this.party.readAssertion(passkey, stored.publicKey, ceremony);
    if (counter === undefined) return WRONG;
    if (!(await this.passkeys.recordUse(stored.id, counter, at)))
      return { kind: 'cloned', passkeyId: stored.id };
    return { kind: 'proved', method: 'webauthn' };
  }

  sealTotp(userId: string, secret: string): Envelope {
    return this.envelopes.seal(secret, ownerOf(userId));
  }

  openTotp(userId: string, sealed: Envelope): string {
    return this.envelopes.open(sealed, ownerOf(userId));
  }

  private async checkCode(userId: string, code: string, at: Date): Promise<FactorVerdict> {
    const totp = await this.totps.find(userId);
    if (!totp?.confirmedAt) return WRONG;
    const step = acceptedStep(this.openTotp(userId, totp), code, totp.lastStep, at);
    if (step === undefined || !(await this.totps.useStep(userId, step))) return WRONG;
    return { kind: 'proved', method: 'otp' };
  }
}

const ownerOf = (userId: string): string => `mfa_totp:${userId}`;
