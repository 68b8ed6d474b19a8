import { randomBytes } from 'node:crypto';
import {
  type CallerContext,
  finishSocial,
  linkSocialAccount,
  newId,
  type SessionResponse,
  signInSocially,
  type SocialAccountsResponse,
  type SocialProviderName,
  type StartSocialRequest,
  startSocial,
} from '@parley/contracts';
import { type RunningSandbox, startSandbox } from '../../sandbox/src';
import { callerOf, type IdentityInTest, newEncryptionKey, startIdentity } from './identity-in-test';

export const PAGE = 'https://app.parley.test/welcome';

export interface Person {
  id: string;
  name: string;
  email: string | null;
}

/** What a sign-in at a provider ended with. */
export interface Outcome {
  code: string;
  error: string | null;
}

type StartOptions = Partial<StartSocialRequest>;
type Caller = Partial<CallerContext>;

export const aGmail = (): string => `person.${randomBytes(4).toString('hex')}@gmail.com`;

/** The identity service with the sandbox as every provider, and people who sign in there. */
export class SocialInTest {
  private constructor(
    readonly identity: IdentityInTest,
    readonly sandbox: RunningSandbox,
    private readonly env: Record<string, string>,
  ) {}

  static async start(env: Record<string, string> = {}): Promise<SocialInTest> {
    const secret = randomBytes(16).toString('hex');
    const sandbox = await startSandbox({ port: 0, twilioAuthToken: secret, vapiSecret: secret });
    const settings = {
      SANDBOX_URL: sandbox.url,
      OAUTH_REDIRECT_URIS: PAGE,
      GATEWAY_URL: 'https://api.parley.test',
      ENCRYPTION_KEY: newEncryptionKey(),
      ...env,
    };
    return new SocialInTest(await startIdentity(settings), sandbox, settings);
  }

  /** Another process of the same service. */
  replica(): Promise<IdentityInTest> {
    return startIdentity(this.env, this.identity.database);
  }

  async close(): Promise<void> {
    await this.identity.close();
    await this.sandbox.close();
  }

  async control<Body>(path: string, body: object): Promise<Body> {
    const answer = await fetch(this.sandbox.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(answer.status).toBe(201);
    return (await answer.json()) as Body;
  }

  /** Somebody with accounts elsewhere; their address is Google's own unless said otherwise. */
  person(fields: { name?: string; email?: string | null; hd?: string; emailVerified?: boolean } = {}) {
    return this.control<Person>('/control/oauth/people', {
      id: newId(),
      name: 'Zoé Gagnon',
      email: aGmail(),
      ...fields,
    });
  }

  start(provider: SocialProviderName, options: StartOptions = {}, caller: Caller = {}) {
    return this.identity.ask(startSocial, { provider, redirectUri: PAGE, ...options }, caller);
  }

  /** The query string with which the provider sends the browser back. */
  async consent(authorizationUrl: string, person: Pick<Person, 'id'>, fault?: string): Promise<string> {
    const url = new URL(authorizationUrl);
    url.searchParams.set('as', person.id);
    if (fault) url.searchParams.set('fault', fault);
    const answer = await fetch(url, { redirect: 'manual' });
    expect(answer.status).toBe(302);
    return new URL(answer.headers.get('location') ?? '').search.slice(1);
  }

  async finish(provider: SocialProviderName, query: string, browserKey?: string): Promise<Outcome> {
    const request = { provider, query, ...(browserKey ? { browserKey } : {}) };
    const { location } = await this.identity.ask(finishSocial, request);
    expect(location.startsWith(`${PAGE}?`)).toBe(true);
    const { searchParams } = new URL(location);
    expect(searchParams.get('provider')).toBe(provider);
    return { code: searchParams.get('code') ?? '', error: searchParams.get('error') };
  }

  /** From the start to the frontend, without the exchange. */
  async visit(
    provider: SocialProviderName,
    person: Pick<Person, 'id'>,
    options: StartOptions & { fault?: string } = {},
    caller: Caller = {},
  ): Promise<Outcome> {
    const { fault, ...start } = options;
    const { authorizationUrl, browserKey } = await this.start(provider, start, caller);
    return this.finish(provider, await this.consent(authorizationUrl, person, fault), browserKey);
  }

  exchange(provider: SocialProviderName, code: string, more: object = {}): Promise<SessionResponse> {
    return this.identity.ask(signInSocially, { provider, code, redirectUri: PAGE, ...more });
  }

  async signIn(
    provider: SocialProviderName,
    person: Pick<Person, 'id'>,
    fault?: string,
  ): Promise<SessionResponse> {
    const { code, error } = await this.visit(provider, person, fault ? { fault } : {});
    expect(error).toBeNull();
    return this.exchange(provider, code);
  }

  async link(
    provider: SocialProviderName,
    person: Pick<Person, 'id'>,
    session: SessionResponse,
  ): Promise<SocialAccountsResponse> {
    const caller = callerOf(session);
    const { code } = await this.visit(provider, person, { link: true }, caller);
    return this.identity.ask(linkSocialAccount, { provider, code, redirectUri: PAGE }, caller);
  }

  /** Follows the mailed link, in short. */
  async verify({ user }: SessionResponse): Promise<void> {
    await this.identity.database.query('UPDATE identity.users SET email_verified_at = now() WHERE id = $1', [
      user.id,
    ]);
  }
}
