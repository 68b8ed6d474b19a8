import { Body, Controller, Delete, Get, Inject, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  linkSocialAccount,
  LinkSocialAccountRequest,
  listSocialAccounts,
  SessionResponse,
  signInSocially,
  SocialAccountsResponse,
  SocialProviderPath,
  SocialSignInRequest,
  unlinkSocialAccount,
} from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import { Audited } from '../audit/audited';
import { Answers, AnswersNothing, Limited, Public, Requires } from '../edge/decorators';

@Controller('v1/auth/social')
@ApiTags('auth')
export class SocialController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Post()
  @Public()
  @Limited('AUTH')
  @Answers('Sign in with what a provider vouches for; who is new gets an account', SessionResponse, {
    errors: {
      401: 'INVALID_TOKEN: the code or ID token proves nothing, or was used',
      403: 'ACCOUNT_SUSPENDED, EMAIL_NOT_VERIFIED; FORBIDDEN: no membership is left',
      409: 'SIGN_IN_TO_LINK: an account has this e-mail, sign in to it and link',
      422: 'EMAIL_REQUIRED: the provider told none; PROVIDER_NOT_CONFIGURED',
      429: 'RATE_LIMITED',
      502: 'PROVIDER_ERROR',
      504: 'UPSTREAM_TIMEOUT',
    },
  })
  signIn(@Body() body: SocialSignInRequest): Promise<string> {
    return this.rpc.forward(signInSocially, body);
  }
}

@Controller('v1/users/me/social-accounts')
@ApiTags('users')
export class SocialAccountsController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Get()
  @Requires('account:read')
  @Answers('The providers the signed-in user can sign in with', SocialAccountsResponse)
  list(): Promise<string> {
    return this.rpc.forward(listSocialAccounts, {});
  }

  @Post()
  @Requires('account:write')
  @Audited('social-account.linked')
  @Limited('AUTH')
  @Answers('Link a provider, with the code of a start with `link=true`', SocialAccountsResponse, {
    status: 201,
    errors: {
      403: 'REAUTHENTICATION_REQUIRED: sign in again first',
      409: 'DUPLICATE: linked to another account; STATE_CONFLICT: another account of this provider is linked',
      429: 'RATE_LIMITED',
    },
  })
  link(@Body() body: LinkSocialAccountRequest): Promise<string> {
    return this.rpc.forward(linkSocialAccount, body);
  }

  @Delete(':provider')
  @Requires('account:write')
  @Audited('social-account.unlinked')
  @AnswersNothing('Unlink a provider; 409 LAST_SIGN_IN_METHOD when no other way in is left')
  async unlink(@Param() path: SocialProviderPath): Promise<void> {
    await this.rpc.call(unlinkSocialAccount, path);
  }
}
