import { Body, Controller, Headers, Inject, Post } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import {
  MfaChallengeRequest,
  mfaPasskeyOptions,
  PasskeyOptionsResponse,
  passkeySignInOptions,
  PasskeySignInRequest,
  SessionResponse,
  signInWithPasskey,
  stepUp,
  stepUpPasskeyOptions,
  StepUpRequest,
  StepUpResponse,
  verifyMfa,
  VerifyMfaRequest,
} from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import { Audited, Unaudited } from '../audit/audited';
import { Answers, Public, Requires } from '../edge/decorators';
import { OpenWithoutMfa } from '../edge/step-up';
import { DEVICE_TOKEN, fromDevice } from './device-token';

const FROM_DEVICE = { name: DEVICE_TOKEN, required: false, description: 'As deviceToken in the body' };

const REFUSALS = {
  401: 'INVALID_CREDENTIALS; INVALID_TOKEN: the challenge is over',
  403: 'ACCOUNT_SUSPENDED, EMAIL_NOT_VERIFIED',
  429: 'ACCOUNT_LOCKED, RATE_LIMITED: see Retry-After',
};

/** Codes are limited by their challenge and by the lock of the door (ADR 0025), not by address: offices share one. */
@Controller('v1/auth')
@ApiTags('auth')
export class MfaSignInController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Post('mfa/verify')
  @Public()
  @ApiHeader(FROM_DEVICE)
  @Answers('Finish a sign-in with a second factor', SessionResponse, { errors: REFUSALS })
  verify(@Body() body: VerifyMfaRequest, @Headers(DEVICE_TOKEN) device?: string): Promise<string> {
    return this.rpc.forward(verifyMfa, fromDevice(body, device));
  }

  @Post('mfa/passkey/options')
  @Public()
  @ApiHeader(FROM_DEVICE)
  @Answers('What `navigator.credentials.get()` needs to finish it with a passkey', PasskeyOptionsResponse, {
    errors: REFUSALS,
  })
  passkeyOptions(@Body() body: MfaChallengeRequest, @Headers(DEVICE_TOKEN) device?: string): Promise<string> {
    return this.rpc.forward(mfaPasskeyOptions, fromDevice(body, device));
  }

  @Post('passkeys/options')
  @Public()
  @Answers('What `navigator.credentials.get()` needs to sign in without a password', PasskeyOptionsResponse)
  passwordlessOptions(): Promise<string> {
    return this.rpc.forward(passkeySignInOptions, {});
  }

  @Post('passkeys/verify')
  @Public()
  @Answers('Sign in with a passkey alone', SessionResponse, { errors: REFUSALS })
  passwordless(@Body() body: PasskeySignInRequest): Promise<string> {
    return this.rpc.forward(signInWithPasskey, body);
  }

  @Post('step-up')
  @Requires('account:read')
  @Audited('session.stepped_up')
  @OpenWithoutMfa()
  @Answers('Prove anew who holds this session; the answer opens what asks for STEP_UP', StepUpResponse, {
    errors: { 401: REFUSALS[401], 429: REFUSALS[429] },
  })
  stepUp(@Body() body: StepUpRequest): Promise<string> {
    return this.rpc.forward(stepUp, body);
  }

  @Post('step-up/passkey/options')
  @Requires('account:read')
  @Unaudited('only prepares a proof')
  @OpenWithoutMfa()
  @Answers('What `navigator.credentials.get()` needs to step up with a passkey', PasskeyOptionsResponse)
  stepUpOptions(): Promise<string> {
    return this.rpc.forward(stepUpPasskeyOptions, {});
  }
}
