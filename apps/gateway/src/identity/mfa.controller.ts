import { Body, Controller, Delete, Get, Inject, Param, Patch, Post, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  AddedPasskey,
  addPasskey,
  AddPasskeyRequest,
  beginTotp,
  ConfirmedTotp,
  confirmTotp,
  ConfirmTotpRequest,
  getMfa,
  getMfaPolicy,
  listPasskeys,
  MfaOverview,
  MfaPolicy,
  Passkey,
  PasskeyIdRequest,
  PasskeyList,
  PasskeyNameBody,
  PasskeyOptionsResponse,
  passkeyRegistrationOptions,
  putMfaPolicy,
  RecoveryCodes,
  removePasskey,
  removeTotp,
  renamePasskey,
  renewRecoveryCodes,
  resetMfa,
  ResetMfaRequest,
  TotpSecret,
} from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import { Audited, Unaudited } from '../audit/audited';
import { Answers, AnswersNothing, Requires } from '../edge/decorators';
import { OpenWithoutMfa, StepUp } from '../edge/step-up';

@Controller('v1/users/me/mfa')
@ApiTags('second factors')
@OpenWithoutMfa()
export class MfaController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Get()
  @Requires('account:read')
  @Answers('What the signed-in user has enrolled', MfaOverview)
  overview(): Promise<string> {
    return this.rpc.forward(getMfa, {});
  }

  @Post('totp')
  @StepUp()
  @Requires('account:write')
  @Audited('mfa.totp_begun')
  @Answers('Begin to enrol an authenticator app; its secret is shown this once', TotpSecret, {
    status: 201,
    errors: { 409: 'STATE_CONFLICT: one is enrolled' },
  })
  beginTotp(): Promise<string> {
    return this.rpc.forward(beginTotp, {});
  }

  @Post('totp/confirm')
  @StepUp()
  @Requires('account:write')
  @Audited('mfa.totp_added')
  @Answers('Enrol it with its first code; recovery codes are shown this once', ConfirmedTotp, {
    errors: { 409: 'STATE_CONFLICT: no enrolment is open' },
  })
  confirmTotp(@Body() body: ConfirmTotpRequest): Promise<string> {
    return this.rpc.forward(confirmTotp, body);
  }

  @Delete('totp')
  @StepUp()
  @Requires('account:write')
  @Audited('mfa.totp_removed')
  @AnswersNothing('Remove the authenticator app; without another factor the password alone signs in')
  async removeTotp(): Promise<void> {
    await this.rpc.call(removeTotp, {});
  }

  @Post('recovery-codes')
  @StepUp()
  @Requires('account:write')
  @Audited('mfa.recovery_codes_renewed')
  @Answers('New recovery codes; those before stop working', RecoveryCodes, {
    errors: { 409: 'STATE_CONFLICT: no second factor' },
  })
  renewRecoveryCodes(): Promise<string> {
    return this.rpc.forward(renewRecoveryCodes, {});
  }

  @Get('passkeys')
  @Requires('account:read')
  @Answers('Passkeys of the signed-in user, oldest first', PasskeyList)
  passkeys(): Promise<string> {
    return this.rpc.forward(listPasskeys, {});
  }

  @Post('passkeys/options')
  @StepUp()
  @Requires('account:write')
  @Unaudited('only prepares to add one')
  @Answers('What `navigator.credentials.create()` needs', PasskeyOptionsResponse, {
    errors: { 409: 'STATE_CONFLICT: too many' },
  })
  passkeyOptions(): Promise<string> {
    return this.rpc.forward(passkeyRegistrationOptions, {});
  }

  @Post('passkeys')
  @StepUp()
  @Requires('account:write')
  @Audited('mfa.passkey_added')
  @Answers('Enrol the passkey that was made', AddedPasskey, {
    status: 201,
    errors: { 409: 'DUPLICATE; STATE_CONFLICT: too many' },
  })
  addPasskey(@Body() body: AddPasskeyRequest): Promise<string> {
    return this.rpc.forward(addPasskey, body);
  }

  @Patch('passkeys/:id')
  @StepUp()
  @Requires('account:write')
  @Audited('mfa.passkey_renamed')
  @Answers('Rename a passkey', Passkey, { errors: { 404: 'NOT_FOUND' } })
  renamePasskey(@Param() { id }: PasskeyIdRequest, @Body() { name }: PasskeyNameBody): Promise<string> {
    return this.rpc.forward(renamePasskey, { id, name });
  }

  @Delete('passkeys/:id')
  @StepUp()
  @Requires('account:write')
  @Audited('mfa.passkey_removed')
  @AnswersNothing('Remove a passkey; without another factor the password alone signs in')
  async removePasskey(@Param() path: PasskeyIdRequest): Promise<void> {
    await this.rpc.call(removePasskey, path);
  }
}

@Controller('v1')
@ApiTags('second factors')
export class MfaAdministrationController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Get('tenant/mfa-policy')
  @Requires('settings:read')
  @Answers('Whether members need a second factor', MfaPolicy)
  policy(): Promise<string> {
    return this.rpc.forward(getMfaPolicy, {});
  }

  @Put('tenant/mfa-policy')
  @StepUp()
  @Requires('mfa-policy:write')
  @Audited('mfa.policy_changed')
  @Answers('Require a second factor; members without one sign in again and enrol', MfaPolicy, {
    errors: { 409: 'STATE_CONFLICT: enrol one yourself first' },
  })
  putPolicy(@Body() body: MfaPolicy): Promise<string> {
    return this.rpc.forward(putMfaPolicy, body);
  }

  @Delete('admin/users/:id/mfa')
  @StepUp()
  @Requires('users:admin')
  @Audited('mfa.reset')
  @AnswersNothing('Take every second factor from a person who lost them, and end their sessions')
  async reset(@Param() path: ResetMfaRequest): Promise<void> {
    await this.rpc.call(resetMfa, path);
  }
}
