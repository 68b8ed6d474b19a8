import {
  addPasskey,
  beginTotp,
  type CallerContext,
  confirmTotp,
  login,
  passkeyRegistrationOptions,
  type SessionResponse,
  verifyMfa,
  type VerifyMfaRequest,
} from '@parley/contracts';
import { VirtualAuthenticator } from '@parley/testing';
import { generateSync } from 'otplib';
import { callerOf, type IdentityInTest, PASSWORD } from './identity-in-test';

/** Where the browser of the tests is. */
export const APP = 'https://app.parley.test';

export const codeAt = (secret: string, atMs = Date.now()): string =>
  generateSync({ secret, epoch: Math.floor(atMs / 1000) });

/** The code after the one that enrolled: good already, and still good when a step ends in between. */
export const nextCode = (secret: string): string => codeAt(secret, Date.now() + 30_000);

/** A code of no step that would be accepted now. */
export const wrongCode = (secret: string): string => {
  const near = new Set(
    [-90, -60, -30, 0, 30, 60, 90].map((seconds) => codeAt(secret, Date.now() + seconds * 1000)),
  );
  const wrong = ['000000', '111111', '222222', '333333', '444444', '555555'].find((code) => !near.has(code));
  if (!wrong) throw new Error('Six codes cannot all be right');
  return wrong;
};

export interface Challenged {
  challengeToken: string;
  methods: string[];
  expiresAt: string;
}

export interface Refusal {
  code: string;
  status: number;
}

export const refusalOf = (work: Promise<unknown>): Promise<Refusal | 'none'> =>
  work.then(
    () => 'none' as const,
    ({ code, status }: Refusal) => ({ code, status }),
  );

export class MfaInTest {
  constructor(private readonly identity: IdentityInTest) {}

  /** Somebody with an authenticator app, whose first code is used up. */
  async withTotp(): Promise<{ session: SessionResponse; secret: string; recoveryCodes: string[] }> {
    const session = await this.identity.signUp();
    const { secret } = await this.identity.ask(beginTotp, {}, callerOf(session));
    const { recoveryCodes } = await this.identity.ask(
      confirmTotp,
      { code: codeAt(secret) },
      callerOf(session),
    );
    return { session, secret, recoveryCodes: recoveryCodes ?? [] };
  }

  async withPasskey(
    authenticator = VirtualAuthenticator.at(APP),
  ): Promise<{ session: SessionResponse; authenticator: VirtualAuthenticator; recoveryCodes: string[] }> {
    const session = await this.identity.signUp();
    const { recoveryCodes } = await this.enrol(callerOf(session), authenticator);
    return { session, authenticator, recoveryCodes: recoveryCodes ?? [] };
  }

  async enrol(caller: Partial<CallerContext>, authenticator: VirtualAuthenticator, name?: string) {
    const { challengeToken, options } = await this.identity.ask(passkeyRegistrationOptions, {}, caller);
    const passkey = authenticator.create(options);
    return this.identity.ask(
      addPasskey,
      { challengeToken, passkey, ...(name === undefined ? {} : { name }) },
      caller,
    );
  }

  /** The right password, and what it is answered by whoever has a second factor. */
  async challenge({ user }: SessionResponse): Promise<Challenged> {
    try {
      await this.identity.ask(login, { email: user.email, password: PASSWORD });
    } catch (error) {
      const { code, status, details } = error as Refusal & { details: Challenged };
      expect([status, code]).toEqual([401, 'MFA_REQUIRED']);
      return details;
    }
    throw new Error('The password alone signed in');
  }

  verify(request: VerifyMfaRequest): Promise<SessionResponse> {
    return this.identity.ask(verifyMfa, request);
  }
}
