import { Inject, Injectable } from '@nestjs/common';
import {
  changePassword,
  endOwnSessions,
  getMe,
  login,
  logout,
  refreshSession,
  register,
  type RegisterResponse,
  type SessionResponse,
  requestPasswordReset,
  requestVerificationEmail,
  setPassword,
  signInByMail,
  updateMe,
} from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import { fromDevice } from '../identity/device-token';
import { GoTrueRefusal, tellAs } from './gotrue.errors';
import type { GoTrueSession, GoTrueUser } from './gotrue.dto';
import { optionalTextOf, readBody, readProfile, textOf } from './gotrue-input';
import { fromMe, toGoTrueSession, toUnconfirmedUser } from './gotrue-user';

const EXPIRED_LINK = new GoTrueRefusal(403, 'otp_expired', 'Email link is invalid or has expired');
const UNKNOWN_REFRESH_TOKEN = new GoTrueRefusal(
  400,
  'refresh_token_not_found',
  'Invalid Refresh Token: Refresh Token Not Found',
);

/** Which mail a `type` of GoTrue's verify means. */
const PURPOSES = {
  signup: 'verify_email',
  email: 'verify_email',
  invite: 'verify_email',
  recovery: 'reset_password',
} as const;

/** GoTrue's requests as operations of identity, and their answers in GoTrue's words. */
@Injectable()
export class GoTrue {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  async signUp(body: unknown): Promise<GoTrueSession | GoTrueUser> {
    const input = readBody(body);
    if (optionalTextOf(input, 'phone')) {
      throw new GoTrueRefusal(400, 'phone_provider_disabled', 'Phone signups are disabled');
    }
    const email = textOf(input, 'email');
    const profile = readProfile(input['data']);
    const name = profile.name ?? email.split('@')[0] ?? email;
    const request = { ...profile, email, password: textOf(input, 'password'), name };
    const registered = await this.rpc.call(register, request);
    return isSession(registered) ? toGoTrueSession(registered) : toUnconfirmedUser(registered.user);
  }

  async token(grantType: string, body: unknown, device?: string): Promise<GoTrueSession> {
    const input = readBody(body);
    if (grantType === 'password') {
      const credentials = { email: textOf(input, 'email'), password: textOf(input, 'password') };
      return toGoTrueSession(await this.rpc.call(login, fromDevice(credentials, device)));
    }
    if (grantType === 'refresh_token') {
      const refreshToken = textOf(input, 'refresh_token');
      const session = this.rpc.call(refreshSession, { refreshToken });
      return toGoTrueSession(await session.catch(tellAs('INVALID_TOKEN', UNKNOWN_REFRESH_TOKEN)));
    }
    throw new GoTrueRefusal(400, 'validation_failed', `unsupported_grant_type: ${grantType}`);
  }

  async user(): Promise<GoTrueUser> {
    return fromMe(await this.rpc.call(getMe, {}));
  }

  /** The password first: when it is refused nothing has changed. */
  async updateUser(body: unknown): Promise<GoTrueUser> {
    const input = readBody(body);
    for (const field of ['email', 'phone']) {
      if (optionalTextOf(input, field)) {
        throw new GoTrueRefusal(
          422,
          'validation_failed',
          `The ${field} of an account cannot be changed here`,
        );
      }
    }
    const { name, locale, company } = readProfile(input['data']);
    if (company) throw new GoTrueRefusal(422, 'validation_failed', 'A company is named at sign-up');
    const newPassword = optionalTextOf(input, 'password');
    const currentPassword = optionalTextOf(input, 'current_password');
    if (newPassword && currentPassword) await this.rpc.call(changePassword, { currentPassword, newPassword });
    else if (newPassword) await this.rpc.call(setPassword, { newPassword });
    if (name ?? locale) {
      return fromMe(
        await this.rpc.call(updateMe, { ...(name ? { name } : {}), ...(locale ? { locale } : {}) }),
      );
    }
    return this.user();
  }

  async logout(scope: string): Promise<void> {
    if (scope === 'local') await this.rpc.call(logout, {});
    else if (scope === 'global') await this.rpc.call(endOwnSessions, { all: true });
    else if (scope === 'others') await this.rpc.call(endOwnSessions, {});
    else throw new GoTrueRefusal(400, 'validation_failed', `Unsupported logout scope ${scope}`);
  }

  async recover(body: unknown): Promise<void> {
    await this.rpc.call(requestPasswordReset, { email: textOf(readBody(body), 'email') });
  }

  async resend(body: unknown): Promise<void> {
    const input = readBody(body);
    const type = textOf(input, 'type');
    if (type !== 'signup') {
      throw new GoTrueRefusal(400, 'validation_failed', `Nothing to send again of type ${type}`);
    }
    await this.rpc.call(requestVerificationEmail, { email: textOf(input, 'email') });
  }

  async verify(body: unknown): Promise<GoTrueSession> {
    const input = readBody(body);
    const type = textOf(input, 'type');
    const purpose = PURPOSES[type as keyof typeof PURPOSES] as
      (typeof PURPOSES)['signup' | 'recovery'] | undefined;
    if (!purpose) throw new GoTrueRefusal(400, 'validation_failed', `Nothing to verify of type ${type}`);
    const token = optionalTextOf(input, 'token_hash') ?? textOf(input, 'token');
    const session = this.rpc.call(signInByMail, { token, purpose });
    return toGoTrueSession(await session.catch(tellAs('INVALID_TOKEN', EXPIRED_LINK)));
  }
}

const isSession = (registered: RegisterResponse): registered is RegisterResponse & SessionResponse =>
  registered.status === 'signed_in';
