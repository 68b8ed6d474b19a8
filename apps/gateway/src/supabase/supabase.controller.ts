import {
  Body,
  Controller,
  Get,
  Header,
  Headers,
  Inject,
  Post,
  Put,
  Query,
  UseFilters,
  UseGuards,
} from '@nestjs/common';
import { ApiBody, ApiHeader, ApiQuery, ApiTags } from '@nestjs/swagger';
import { getJwks, JwksResponse } from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import { CONFIG } from '@parley/platform';
import type { FastifyRequest } from 'fastify';
import { Audited } from '../audit/audited';
import type { GatewayConfig } from '../config';
import { Answers, AnswersNothing, Limited, Public, Requires } from '../edge/decorators';
import { DEVICE_TOKEN } from '../identity/device-token';
import { OpenWithoutMfa } from '../edge/step-up';
import { AnonKeyGuard } from './anon-key.guard';
import { GoTrue } from './gotrue.service';
import { GoTrueHealth, GoTrueNothing, GoTrueSession, GoTrueSettings, GoTrueUser } from './gotrue.dto';
import { GoTrueErrorFilter } from './gotrue-error.filter';

/** The body as GoTrue takes it: only the fields named are read. */
const Takes = (example: Record<string, unknown>) =>
  ApiBody({ schema: { type: 'object', additionalProperties: true, example } });

/** Guesses at a password count; refreshing does not (C-41). */
const byGrant = ({ query }: FastifyRequest) =>
  (query as { grant_type?: unknown }).grant_type === 'password' ? 'AUTH' : 'USUAL';

const byChange = ({ body }: FastifyRequest) =>
  (body as { password?: unknown } | undefined)?.password === undefined ? 'USUAL' : 'AUTH';

/** Where clients of `@supabase/supabase-js` sign in: `createClient(<our URL>, <any key>)`. */
@Controller('auth/v1')
@ApiTags('supabase')
@ApiHeader({ name: 'apikey', required: false, description: 'SUPABASE_ANON_KEY, where that is set' })
@UseGuards(AnonKeyGuard)
@UseFilters(GoTrueErrorFilter)
export class SupabaseController {
  constructor(
    @Inject(GoTrue) private readonly gotrue: GoTrue,
    @Inject(RpcClient) private readonly rpc: RpcClient,
    @Inject(CONFIG) private readonly config: GatewayConfig,
  ) {}

  @Post('signup')
  @Public()
  @Limited('AUTH')
  @Takes({ email: 'elise@plomberie-tremblay.ca', password: 'a long passphrase', data: { name: 'Élise' } })
  @Answers('Sign up: a session, or the user alone where the address must be verified first', GoTrueSession, {
    errors: {
      422: 'weak_password; user_already_exists where addresses are not verified first',
      429: 'over_request_rate_limit',
    },
  })
  signUp(@Body() body: unknown): Promise<GoTrueSession | GoTrueUser> {
    return this.gotrue.signUp(body);
  }

  @Post('token')
  @Public()
  @Limited(byGrant)
  @ApiHeader({ name: DEVICE_TOKEN, required: false, description: 'device_token of an earlier sign-in' })
  @ApiQuery({ name: 'grant_type', enum: ['password', 'refresh_token'] })
  @Takes({ email: 'owner@demohvac.com', password: 'a long passphrase' })
  @Answers('Sign in by password, or exchange a refresh token', GoTrueSession, {
    errors: {
      400: 'invalid_credentials, email_not_confirmed, user_banned, refresh_token_not_found',
      429: 'over_request_rate_limit',
    },
  })
  token(
    @Query('grant_type') grantType: string,
    @Body() body: unknown,
    @Headers(DEVICE_TOKEN) device?: string,
  ): Promise<GoTrueSession> {
    return this.gotrue.token(grantType, body, device);
  }

  @Get('user')
  @OpenWithoutMfa()
  @Requires('account:read')
  @Answers('The signed-in user', GoTrueUser)
  user(): Promise<GoTrueUser> {
    return this.gotrue.user();
  }

  @Put('user')
  @Requires('account:write')
  @Audited('account.password-changed')
  @Limited(byChange)
  @Takes({ data: { name: 'Élise Tremblay' } })
  @Answers(
    'Change the own name, language or password; a password within ten minutes of signing in, or with current_password',
    GoTrueUser,
    {
      errors: {
        400: 'reauthentication_needed, invalid_credentials',
        422: 'weak_password, validation_failed',
      },
    },
  )
  updateUser(@Body() body: unknown): Promise<GoTrueUser> {
    return this.gotrue.updateUser(body);
  }

  @Post('logout')
  @OpenWithoutMfa()
  @Requires('account:read')
  @Audited('session.revoked')
  @ApiQuery({ name: 'scope', enum: ['global', 'local', 'others'], required: false })
  @AnswersNothing('End every session, this one, or the others')
  logout(@Query('scope') scope = 'global'): Promise<void> {
    return this.gotrue.logout(scope);
  }

  @Post('recover')
  @Public()
  @Limited('AUTH')
  @Takes({ email: 'elise@plomberie-tremblay.ca' })
  @Answers('Mail a link to choose a new password; the same answer without an account', GoTrueNothing)
  async recover(@Body() body: unknown): Promise<GoTrueNothing> {
    await this.gotrue.recover(body);
    return {};
  }

  @Post('resend')
  @Public()
  @Limited('AUTH')
  @Takes({ type: 'signup', email: 'elise@plomberie-tremblay.ca' })
  @Answers('Mail the verification link again; the same answer without an account', GoTrueNothing)
  async resend(@Body() body: unknown): Promise<GoTrueNothing> {
    await this.gotrue.resend(body);
    return {};
  }

  @Post('verify')
  @Public()
  @Limited('AUTH')
  @Takes({ type: 'recovery', token_hash: 'vt_…' })
  @Answers('Sign in with the token of a mail: signup, email or recovery', GoTrueSession, {
    errors: { 403: 'otp_expired: unknown, expired or used' },
  })
  verify(@Body() body: unknown): Promise<GoTrueSession> {
    return this.gotrue.verify(body);
  }

  @Get('settings')
  @Public()
  @Answers('Which ways to sign in there are', GoTrueSettings)
  settings(): GoTrueSettings {
    return {
      external: { email: true, phone: false, anonymous_users: false },
      disable_signup: false,
      mailer_autoconfirm: !this.config.REQUIRE_VERIFIED_EMAIL,
      phone_autoconfirm: false,
      sms_provider: '',
      saml_enabled: false,
    };
  }

  @Get('health')
  @Public()
  @Limited('NONE')
  @Answers('What answers here', GoTrueHealth)
  health(): GoTrueHealth {
    return {
      version: this.config.APP_VERSION,
      name: 'Parley',
      description: 'Sign-in for clients of Supabase',
    };
  }

  @Get('.well-known/jwks.json')
  @Public()
  @Limited('NONE')
  @Header('cache-control', 'public, max-age=300')
  @Answers('Public keys of access tokens', JwksResponse)
  jwks(): Promise<string> {
    return this.rpc.forward(getJwks, {});
  }
}
