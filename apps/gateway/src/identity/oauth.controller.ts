import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import {
  AuthorizationUrlResponse,
  finishSocial,
  SocialProviderPath,
  SocialStartQuery,
  startSocial,
} from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Answers, Public } from '../edge/decorators';
import { OAuthBrowser, rawQueryOf } from './oauth-browser';

/** The browser's way to Google, LinkedIn or Facebook and back. */
@Controller('v1/auth/oauth/:provider')
@ApiTags('auth')
export class OAuthController {
  constructor(
    @Inject(RpcClient) private readonly rpc: RpcClient,
    @Inject(OAuthBrowser) private readonly browser: OAuthBrowser,
  ) {}

  @Get('start')
  @Public()
  @ApiResponse({ status: 302, description: 'To the provider, unless `Accept: application/json`' })
  @Answers('Begin to sign in, or with `link=true` to link, at a provider', AuthorizationUrlResponse, {
    errors: {
      401: 'INVALID_TOKEN: linking needs a signed-in person',
      403: 'REAUTHENTICATION_REQUIRED: linking needs a recent sign-in',
      422: 'PROVIDER_NOT_CONFIGURED',
      502: 'PROVIDER_ERROR',
      504: 'UPSTREAM_TIMEOUT',
    },
  })
  async start(
    @Param() { provider }: SocialProviderPath,
    @Query() query: SocialStartQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const browserKey = this.browser.keyOf(request);
    this.browser.sendOut(
      request,
      reply,
      await this.rpc.call(startSocial, { ...query, provider, ...browserKey }),
    );
  }

  @Get('callback')
  @Public()
  @ApiOperation({ summary: 'Where providers send the browser back: on to the page that began it' })
  @ApiQuery({ name: 'state', required: true })
  @ApiQuery({ name: 'code', required: false })
  @ApiQuery({ name: 'error', required: false })
  @ApiResponse({ status: 302, description: 'To redirectUri with `code` (two minutes, one use) or `error`' })
  @ApiResponse({ status: 400, description: 'VALIDATION_FAILED: unknown provider' })
  @ApiResponse({ status: 401, description: 'INVALID_TOKEN: not begun in this browser, or over' })
  async callback(
    @Param() { provider }: SocialProviderPath,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const answer = { provider, query: rawQueryOf(request), ...this.browser.keyOf(request) };
    this.browser.sendBack(reply, await this.rpc.call(finishSocial, answer));
  }
}
