import { Inject, Injectable } from '@nestjs/common';
import {
  type AddedPasskey,
  type AddPasskeyRequest,
  currentCaller,
  newId,
  type Passkey,
  type PasskeyList,
  type PasskeyOptionsResponse,
  type RenamePasskeyRequest,
} from '@parley/contracts';
import { Database } from '@parley/persistence';
import { actingInPerson } from '../session/acting-user';
import { deviceOf } from '../session/device';
import { Challenges } from './challenges.service';
import { hashOfChallenge } from './challenge-token';
import { ChallengeRepository } from './challenge.repository';
import { FactorChanges } from './factor-changes.service';
import { ChallengeOver, FactorNotFound, PasskeyKnown, PasskeyNotMade, TooManyPasskeys } from './mfa.errors';
import { PasskeyRepository, toPasskey } from './passkey.repository';
import { RelyingParty } from './relying-party';

const MAX_PASSKEYS = 20;

/** The caller's own passkeys. */
@Injectable()
export class PasskeyService {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(FactorChanges) private readonly changes: FactorChanges,
    @Inject(Challenges) private readonly challenges: Challenges,
    @Inject(ChallengeRepository) private readonly issued: ChallengeRepository,
    @Inject(PasskeyRepository) private readonly passkeys: PasskeyRepository,
    @Inject(RelyingParty) private readonly party: RelyingParty,
  ) {}

  /** @throws TooManyPasskeys */
  async options(): Promise<PasskeyOptionsResponse> {
    return this.changes.take(async (user, at) => {
      const known = await this.passkeys.ofPerson(user.id);
      if (known.length >= MAX_PASSKEYS) throw new TooManyPasskeys(MAX_PASSKEYS);
      const { challenge, options } = await this.party.registration(user, known);
      const subject = { userId: user.id, ceremony: challenge };
      const { challengeToken, expiresAt } = await this.challenges.issue('registration', subject, at);
      return { challengeToken, expiresAt: expiresAt.toISOString(), options };
    });
  }

  /** @throws ChallengeOver, PasskeyNotMade, PasskeyKnown, TooManyPasskeys */
  async add({ challengeToken, name, passkey }: AddPasskeyRequest): Promise<AddedPasskey> {
    return this.changes.take(async (user, at) => {
      const challenge = await this.issued.take(hashOfChallenge(challengeToken), 'registration', at);
      if (!challenge?.ceremony || challenge.userId !== user.id) throw new ChallengeOver();
      const made = await this.party.readAttestation(passkey, challenge.ceremony);
      if (!made) throw new PasskeyNotMade();
      const known = await this.passkeys.ofPerson(user.id);
      if (known.length >= MAX_PASSKEYS) throw new TooManyPasskeys(MAX_PASSKEYS);
      const first = !(await this.changes.isEnrolled(user));
      const called = name ?? deviceOf(currentCaller().userAgent ?? null);
      const row = { ...made, id: newId(), userId: user.id, name: called, createdAt: at };
      const stored = await this.passkeys.add(row);
      if (!stored) throw new PasskeyKnown();
      const recoveryCodes = await this.changes.afterAdding(user, first, 'webauthn');
      await this.changes.record(user, {
        action: 'mfa.passkey_added',
        resourceId: stored.id,
        after: { name: called, synced: stored.synced },
        mail: 'mfa_factor_added',
      });
      return { passkey: toPasskey(stored), recoveryCodes };
    });
  }

  async list(): Promise<PasskeyList> {
    const { userId } = actingInPerson();
    const rows = await this.db.system('own passkeys', () => this.passkeys.ofPerson(userId));
    return { data: rows.map(toPasskey) };
  }

  /** @throws FactorNotFound */
  async rename({ id, name }: RenamePasskeyRequest): Promise<Passkey> {
    return this.changes.take(async (user) => {
      const renamed = await this.passkeys.rename(id, user.id, name);
      if (!renamed) throw new FactorNotFound();
      await this.changes.record(user, { action: 'mfa.passkey_renamed', resourceId: id, after: { name } });
      return toPasskey(renamed);
    });
  }

  /** @throws FactorNotFound */
  async remove(id: string): Promise<void> {
    await this.changes.take(async (user) => {
      const removed = await this.passkeys.remove(id, user.id);
      if (!removed) throw new FactorNotFound();
      await this.changes.afterRemoving(user);
      await this.changes.record(user, {
        action: 'mfa.passkey_removed',
        resourceId: id,
        mail: 'mfa_factor_removed',
      });
    });
  }
}
