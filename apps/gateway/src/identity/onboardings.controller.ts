import { Body, Controller, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  getOnboarding,
  getOwnOnboarding,
  listOnboardings,
  ListOnboardingsRequest,
  OnboardingIdRequest,
  OnboardingRun,
  OnboardingRunPage,
  OwnOnboarding,
  startOnboarding,
  StartOnboardingRequest,
} from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import { Audited } from '../audit/audited';
import { Answers, Limited, Requires } from '../edge/decorators';

@Controller('v1/admin/onboardings')
@ApiTags('administration')
export class OnboardingsController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Post()
  @Requires('onboardings:admin')
  @Audited('onboarding.started')
  @Limited('ONBOARD')
  @Answers('Set up a client: account, tenant and settings now, plan and agent soon', OnboardingRun, {
    status: 201,
    errors: { 409: 'DUPLICATE: the owner’s e-mail has an account', 429: 'RATE_LIMITED' },
  })
  start(@Body() body: StartOnboardingRequest): Promise<string> {
    return this.rpc.forward(startOnboarding, body);
  }

  @Get()
  @Requires('onboardings:admin')
  @Answers('Onboardings, newest first', OnboardingRunPage)
  list(@Query() query: ListOnboardingsRequest): Promise<string> {
    return this.rpc.forward(listOnboardings, query);
  }

  @Get(':id')
  @Requires('onboardings:admin')
  @Answers('An onboarding, step by step', OnboardingRun, { errors: { 404: 'NOT_FOUND' } })
  get(@Param() params: OnboardingIdRequest): Promise<string> {
    return this.rpc.forward(getOnboarding, params);
  }
}

@Controller('v1/onboarding')
@ApiTags('tenants')
export class OwnOnboardingController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Get()
  @Requires('onboarding:read')
  @Answers('What is left to do for the caller and the active tenant', OwnOnboarding)
  get(): Promise<string> {
    return this.rpc.forward(getOwnOnboarding, {});
  }
}
