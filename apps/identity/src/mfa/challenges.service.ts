import { Inject, Injectable } from '@nestjs/common';
import { type AuthMethod, type MfaMethod, newId } from '@parley/contracts';
import { CHALLENGE_SECONDS, hashOfChallenge, newChallengeToken } from './challenge-token';
import { type ChallengePurpose, ChallengeRepository } from './challenge.repository';

/** What stands between a first factor and a session. */
export interface IssuedChallenge {
  challengeToken: string;
  methods: MfaMethod[];
  expiresAt: Date;
}

export interface ChallengeSubject {
  userId?: string;
  tenantSlug?: string;
  amr?: AuthMethod[];
  ceremony?: string;
}

/** Makes challenges; in the open system transaction. */
@Injectable()
export class Challenges {
  constructor(@Inject(ChallengeRepository) private readonly rows: ChallengeRepository) {}

  async issue(
    purpose: ChallengePurpose,
    subject: ChallengeSubject,
    at: Date,
  ): Promise<{ challengeToken: string; expiresAt: Date }> {
    const challengeToken = newChallengeToken();
    const expiresAt = new Date(at.getTime() + CHALLENGE_SECONDS * 1000);
    await this.rows.add({
      id: newId(),
      hash: hashOfChallenge(challengeToken),
      purpose,
      userId: subject.userId ?? null,
      tenantSlug: subject.tenantSlug ?? null,
      amr: subject.amr ?? [],
      ceremony: subject.ceremony ?? null,
      createdAt: at,
      expiresAt,
    });
    return { challengeToken, expiresAt };
  }
}
