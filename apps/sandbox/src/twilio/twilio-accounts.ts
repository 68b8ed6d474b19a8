/** Accounts and the tokens they sign with; an account nobody registered uses the main token. */
export class TwilioAccounts {
  private readonly tokens = new Map<string, string>();

  constructor(private readonly mainToken: string) {}

  register(accountSid: string, authToken: string): void {
    this.tokens.set(accountSid, authToken);
  }

  tokenOf(accountSid: string): string {
    return this.tokens.get(accountSid) ?? this.mainToken;
  }

  /** HTTP Basic as the REST API takes it: the sid and token of the account in the path. API keys are not simulated. */
  admits(authorization: string | undefined, accountSid: string): boolean {
    const [scheme, encoded] = (authorization ?? '').split(' ', 2);
    if (scheme?.toLowerCase() !== 'basic' || encoded === undefined) return false;
    return Buffer.from(encoded, 'base64').toString() === `${accountSid}:${this.tokenOf(accountSid)}`;
  }
}
