import { Body, Controller, Delete, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  createServiceToken,
  CreateServiceTokenRequest,
  listServiceTokens,
  PageRequest,
  revokeServiceToken,
  rotateServiceToken,
  RotateServiceTokenBody,
  ServiceTokenIdRequest,
  ServiceTokenPage,
  ServiceTokenWithSecret,
} from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import { Audited } from '../audit/audited';
import { Answers, AnswersNothing, Requires } from '../edge/decorators';
import { Idempotent } from '../idempotency/idempotent.decorator';
import { StepUp } from '../edge/step-up';

/** Keys for machines: sent as a bearer token, allowed what their scopes say. */
@Controller('v1/service-tokens')
@ApiTags('service tokens')
export class ServiceTokensController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Get()
  @Requires('service-tokens:read')
  @Answers('Service tokens that are not revoked, newest first', ServiceTokenPage)
  list(@Query() query: PageRequest): Promise<string> {
    return this.rpc.forward(listServiceTokens, query);
  }

  @Post()
  @Idempotent()
  @StepUp()
  @Requires('service-tokens:write')
  @Audited('api-key.created')
  @Answers('Make a service token; its secret is shown this once', ServiceTokenWithSecret, {
    status: 201,
    errors: { 409: 'STATE_CONFLICT: too many' },
  })
  create(@Body() body: CreateServiceTokenRequest): Promise<string> {
    return this.rpc.forward(createServiceToken, body);
  }

  @Post(':id/rotate')
  @Idempotent()
  @StepUp()
  @Requires('service-tokens:write')
  @Audited('api-key.rotated')
  @Answers('A new secret; the old one stays good for the overlap', ServiceTokenWithSecret, {
    errors: { 404: 'NOT_FOUND' },
  })
  rotate(@Param() { id }: ServiceTokenIdRequest, @Body() body: RotateServiceTokenBody): Promise<string> {
    return this.rpc.forward(rotateServiceToken, { ...body, id });
  }

  @Delete(':id')
  @StepUp()
  @Requires('service-tokens:write')
  @Audited('api-key.revoked')
  @AnswersNothing('Revoke a service token: every secret of it, at once')
  async revoke(@Param() path: ServiceTokenIdRequest): Promise<void> {
    await this.rpc.call(revokeServiceToken, path);
  }
}
