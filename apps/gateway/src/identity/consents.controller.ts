import { Body, Controller, Get, Inject, Param, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  Bool,
  CONSENT_PURPOSES,
  type ConsentPurpose,
  ConsentRecord,
  ConsentsResponse,
  listConsents,
  OneOf,
  putConsent,
  Text,
} from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import { Unaudited } from '../audit/audited';
import { Answers, Requires } from '../edge/decorators';

class ConsentPath {
  @OneOf(CONSENT_PURPOSES) purpose: ConsentPurpose;
}

class ConsentBody {
  @Bool() granted: boolean;
  @Text({ max: 64, example: '2026-11', description: 'Of the text that was shown' }) version: string;
}

@Controller('v1/users/me/consents')
@ApiTags('users')
export class ConsentsController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Get()
  @Requires('account:read')
  @Answers('What the signed-in user consented to, now and before', ConsentsResponse)
  list(): Promise<string> {
    return this.rpc.forward(listConsents, {});
  }

  @Put(':purpose')
  @Requires('account:write')
  @Unaudited('consents keep every version of themselves')
  @Answers('Grant or withdraw a consent', ConsentRecord)
  put(@Param() { purpose }: ConsentPath, @Body() body: ConsentBody): Promise<string> {
    return this.rpc.forward(putConsent, { purpose, ...body });
  }
}
