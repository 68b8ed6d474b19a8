import { Inject, Injectable, Logger } from '@nestjs/common';
import { Invalid, type SocialProviderName, type SocialSignInRequest } from '@parley/contracts';
import { Database } from '@parley/persistence';
import { CONFIG, SecretBox } from '@parley/platform';
import type { IdentityConfig } from '../config';
import { RedirectUris } from './redirect-uris';
import { answersChallenge, hashOfCode, isTicket } from './social-codes';
import { SocialFlowRepository, type Ticket } from './social-flow.repository';
import { PROFILE } from './social-flow.service';
import type { SocialProfile } from './social-profile';
import { SocialProviders } from './social-providers';
import { ProofRefused } from './social.errors';

export interface PresentedTicket {
  provider: SocialProviderName;
  code: string;
  redirectUri?: string | undefined;
  codeVerifier?: string | undefined;
}

/** Reads what a frontend presents as proof of who somebody is at a provider. Each proof is good once. */
@Injectable()
export class SocialProofs {
  private readonly logger = new Logger(SocialProofs.name);
  private readonly box: SecretBox;
  private readonly redirects: RedirectUris;

  constructor(
    @Inject(CONFIG) config: IdentityConfig,
    @Inject(Database) private readonly db: Database,
    @Inject(SocialFlowRepository) private readonly flows: SocialFlowRepository,
    @Inject(SocialProviders) private readonly providers: SocialProviders,
  ) {
    this.box = new SecretBox(config.ENCRYPTION_KEY);
    this.redirects = new RedirectUris(config);
  }

  /**
   * A code of our callback, a provider's own code, or an ID token.
   * @throws Invalid, ProviderNotConfigured, RedirectNotAllowed, ProofRefused, SocialProviderFailed,
   * SocialProviderTimedOut
   */
  async read(request: SocialSignInRequest): Promise<SocialProfile> {
    const { provider, code, idToken, redirectUri, codeVerifier, nonce } = request;
    if ((code === undefined) === (idToken === undefined))
      throw new Invalid('Invalid input: code, idToken', [
        { field: 'code', message: 'send either code or idToken' },
        { field: 'idToken', message: 'send either code or idToken' },
      ]);
    if (idToken !== undefined) return this.told(provider, () => this.readIdToken(provider, idToken, nonce));
    const presented = { provider, code: code ?? '', redirectUri, codeVerifier };
    if (isTicket(presented.code)) return this.redeem(presented, null);
    const page = this.redirects.demand(redirectUri);
    const params = new URLSearchParams({ code: presented.code });
    return this.told(provider, () =>
      this.providers.get(provider).exchange({
        redirectUri: page,
        params,
        ...(nonce === undefined ? {} : { nonce }),
        ...(codeVerifier === undefined ? {} : { codeVerifier }),
      }),
    );
  }

  /**
   * Exchanges the code of our callback.
   * @param userId whose linking it must be for; null for a sign-in
   * @throws ProofRefused
   */
  async redeem(presented: PresentedTicket, userId: string | null): Promise<SocialProfile> {
    const ticket = await this.db.system('social sign-in', () =>
      this.flows.consumeTicket(hashOfCode(presented.code), new Date()),
    );
    const fault = ticket ? faultOf(ticket, presented, userId) : 'unknown, used or expired code';
    if (!ticket || fault) throw new ProofRefused(fault ?? 'code');
    return JSON.parse(this.box.open(ticket.profileEnc, `${PROFILE}:${ticket.id}`)) as SocialProfile;
  }

  private async readIdToken(
    provider: SocialProviderName,
    idToken: string,
    nonce: string | undefined,
  ): Promise<SocialProfile> {
    const { profile, expiresAt } = await this.providers.get(provider).readIdToken(idToken, nonce);
    const isNew = await this.db.system('social sign-in', () =>
      this.flows.useToken(hashOfCode(idToken), expiresAt),
    );
    if (!isNew) throw new ProofRefused('ID token used before');
    return profile;
  }

  private async told<T>(provider: SocialProviderName, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof ProofRefused)
        this.logger.warn({ provider, reason: error.reason }, 'proof of a social sign-in refused');
      throw error;
    }
  }
}

function faultOf(
  ticket: Ticket,
  { provider, redirectUri, codeVerifier }: PresentedTicket,
  userId: string | null,
): string | undefined {
  if (ticket.provider !== provider) return 'code of another provider';
  if (ticket.userId !== userId) return 'code for another purpose or person';
  if (ticket.redirectUri !== redirectUri) return 'code for another page';
  if (ticket.codeChallenge !== null && !answersChallenge(codeVerifier, ticket.codeChallenge))
    return 'code of another frontend';
  return undefined;
}
