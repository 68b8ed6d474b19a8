import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import {
  type FinishSocialRequest,
  type FinishSocialResponse,
  newId,
  type StartSocialRequest,
  type StartSocialResponse,
} from '@parley/contracts';
import { Jobs } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { CONFIG, SecretBox } from '@parley/platform';
import { randomState } from 'openid-client';
import type { IdentityConfig } from '../config';
import { FreshSession } from './fresh-session.service';
import { RedirectUris } from './redirect-uris';
import { hashOfCode, isBrowserKey, newBrowserKey, newTicket } from './social-codes';
import { type FlowState, SocialFlowRepository } from './social-flow.repository';
import type { SocialProfile } from './social-profile';
import type { FlowSecrets } from './social-provider';
import { SocialProviders } from './social-providers';
import {
  ConsentDenied,
  InvalidSocialState,
  ProofRefused,
  SocialProviderFailed,
  SocialProviderTimedOut,
} from './social.errors';

const FLOW_MS = 10 * 60_000;
/** From the browser's return to the frontend's exchange. */
const TICKET_MS = 2 * 60_000;
const KEEP_MS = 86_400_000;
const REASON = 'social sign-in';
const SECRETS = 'oauth_states';
export const PROFILE = 'oauth_tickets';

/** Takes a browser to a provider and back. Everything is in the database: any replica can finish. */
@Injectable()
export class SocialFlow implements OnModuleInit {
  private readonly logger = new Logger(SocialFlow.name);
  private readonly box: SecretBox;
  private readonly redirects: RedirectUris;

  constructor(
    @Inject(CONFIG) config: IdentityConfig,
    @Inject(Database) private readonly db: Database,
    @Inject(Jobs) private readonly jobs: Jobs,
    @Inject(SocialProviders) private readonly providers: SocialProviders,
    @Inject(SocialFlowRepository) private readonly flows: SocialFlowRepository,
    @Inject(FreshSession) private readonly fresh: FreshSession,
  ) {
    this.box = new SecretBox(config.ENCRYPTION_KEY);
    this.redirects = new RedirectUris(config);
  }

  onModuleInit(): void {
    this.jobs.schedule('identity.social-flows', '47 * * * *', () => this.sweep());
  }

  /** @throws ProviderNotConfigured, RedirectNotAllowed, SignInAgain, SocialProviderFailed, SocialProviderTimedOut */
  async start(request: StartSocialRequest): Promise<StartSocialResponse> {
    const { provider: name, link = false, codeChallenge = null, rerequest = false } = request;
    const provider = this.providers.get(name);
    const redirectUri = this.redirects.demand(request.redirectUri);
    const userId = link ? await this.fresh.demandUser() : null;
    const browserKey = isBrowserKey(request.browserKey) ? request.browserKey : newBrowserKey();
    const secrets = provider.newSecrets();
    const state = randomState();
    const authorizationUrl = await provider.authorizationUrl({
      ...secrets,
      redirectUri: this.redirects.callbackOf(name),
      state,
      rerequest,
    });
    const id = newId();
    const createdAt = new Date();
    await this.db.system(REASON, () =>
      this.flows.addState({
        id,
        provider: name,
        userId,
        redirectUri,
        codeChallenge,
        stateHash: hashOfCode(state),
        browserHash: hashOfCode(browserKey),
        secretsEnc: this.box.seal(JSON.stringify(secrets), `${SECRETS}:${id}`),
        createdAt,
        expiresAt: new Date(createdAt.getTime() + FLOW_MS),
      }),
    );
    return { authorizationUrl, browserKey };
  }

  /**
   * The way back to the frontend, with a code or with why there is none.
   * @throws InvalidSocialState when this browser began no such flow, or ended it before
   */
  async finish({ provider, query, browserKey }: FinishSocialRequest): Promise<FinishSocialResponse> {
    const params = new URLSearchParams(query);
    const state = params.get('state');
    if (!state || !isBrowserKey(browserKey)) throw new InvalidSocialState();
    const flow = await this.db.system(REASON, () =>
      this.flows.consumeState(hashOfCode(state), provider, hashOfCode(browserKey), new Date()),
    );
    if (!flow) throw new InvalidSocialState();
    const outcome = await this.outcomeOf(flow, params, state);
    const location = new URL(flow.redirectUri);
    location.search = new URLSearchParams({ ...outcome, provider }).toString();
    return { location: location.href };
  }

  private async outcomeOf(
    flow: FlowState,
    params: URLSearchParams,
    state: string,
  ): Promise<{ code: string } | { error: string }> {
    const secrets = JSON.parse(this.box.open(flow.secretsEnc, `${SECRETS}:${flow.id}`)) as FlowSecrets;
    const redirectUri = this.redirects.callbackOf(flow.provider);
    try {
      const profile = await this.providers
        .get(flow.provider)
        .exchange({ ...secrets, redirectUri, params, state });
      return { code: await this.issueTicket(flow, profile) };
    } catch (error) {
      return { error: this.tell(flow, error) };
    }
  }

  private async issueTicket(flow: FlowState, profile: SocialProfile): Promise<string> {
    const ticket = newTicket();
    const { provider, userId, redirectUri, codeChallenge } = flow;
    const id = newId();
    const createdAt = new Date();
    await this.db.system(REASON, () =>
      this.flows.addTicket({
        id,
        provider,
        userId,
        redirectUri,
        codeChallenge,
        ticketHash: hashOfCode(ticket),
        profileEnc: this.box.seal(JSON.stringify(profile), `${PROFILE}:${id}`),
        createdAt,
        expiresAt: new Date(createdAt.getTime() + TICKET_MS),
      }),
    );
    return ticket;
  }

  /** A word for the frontend; anything unexpected goes up. */
  private tell({ provider }: FlowState, error: unknown): string {
    if (error instanceof ConsentDenied) return 'access_denied';
    if (error instanceof ProofRefused) {
      this.logger.warn({ provider, reason: error.reason }, 'proof of a social sign-in refused');
      return 'proof_refused';
    }
    if (error instanceof SocialProviderFailed || error instanceof SocialProviderTimedOut) {
      this.logger.warn({ provider, err: error }, 'provider of social sign-in failed');
      return 'provider_unavailable';
    }
    throw error;
  }

  async sweep(): Promise<void> {
    await this.db.system('ended social sign-ins', () => this.flows.prune(new Date(Date.now() - KEEP_MS)));
  }
}
