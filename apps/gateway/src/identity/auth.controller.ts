import { Body, Controller, Headers, Inject, Post } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import {
  login,
  LoginRequest,
  logout,
  refreshSession,
  RefreshSessionRequest,
  register,
  RegisterRequest,
  RegisterResponse,
  SessionResponse,
} from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import { Audited } from '../audit/audited';
import { Answers, AnswersNothing, Limited, Public, Requires } from '../edge/decorators';
import { OpenWithoutMfa } from '../edge/step-up';
import { DEVICE_TOKEN, fromDevice } from './device-token';

@Controller('v1/auth')
@ApiTags('auth')
export class AuthController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Post('register')
  @Public()
  @Limited('AUTH')
  @Answers('Open an account with a personal tenant; sign-in waits for the mailed link', RegisterResponse, {
    status: 201,
    errors: {
      409: 'DUPLICATE: the e-mail has an account; only with REQUIRE_VERIFIED_EMAIL=false, else its owner is told by mail and the answer is the usual one',
      429: 'RATE_LIMITED',
    },
  })
  register(@Body() body: RegisterRequest): Promise<string> {
    return this.rpc.forward(register, body);
  }

  @Post('login')
  @Public()
  @Limited('AUTH')
  @ApiHeader({ name: DEVICE_TOKEN, required: false, description: 'As deviceToken in the body' })
  @Answers('Sign in', SessionResponse, {
    errors: {
      401: 'INVALID_CREDENTIALS; MFA_REQUIRED: details hold { challengeToken, methods, expiresAt }',
      403: 'ACCOUNT_SUSPENDED, EMAIL_NOT_VERIFIED; FORBIDDEN: not a member of that tenant',
      429: 'ACCOUNT_LOCKED, RATE_LIMITED: see Retry-After',
    },
  })
  login(@Body() body: LoginRequest, @Headers(DEVICE_TOKEN) device?: string): Promise<string> {
    return this.rpc.forward(login, fromDevice(body, device));
  }

  @Post('refresh')
  @Public()
  @Answers('Exchange a refresh token for fresh tokens', SessionResponse, {
    errors: { 401: 'INVALID_TOKEN', 403: 'ACCOUNT_SUSPENDED, EMAIL_NOT_VERIFIED' },
  })
  refresh(@Body() body: RefreshSessionRequest): Promise<string> {
    return this.rpc.forward(refreshSession, body);
  }

  @Post('logout')
  @OpenWithoutMfa()
  @Requires('session:end')
  @Audited('session.revoked')
  @AnswersNothing('End this session')
  async logout(): Promise<void> {
    await this.rpc.call(logout, {});
  }
}
