import { Controller, Delete, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  endOwnSession,
  endOwnSessions,
  EndOwnSessionsRequest,
  listOwnSessions,
  OwnSessionIdRequest,
  OwnSessionPage,
  PageRequest,
} from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import { Audited } from '../audit/audited';
import { Answers, AnswersNothing, Requires } from '../edge/decorators';

@Controller('v1/users/me/sessions')
@ApiTags('users')
export class OwnSessionsController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Get()
  @Requires('sessions:read')
  @Answers('Where the signed-in user is signed in, newest first', OwnSessionPage)
  list(@Query() query: PageRequest): Promise<string> {
    return this.rpc.forward(listOwnSessions, query);
  }

  @Delete()
  @Requires('sessions:write')
  @Audited('session.revoked')
  @AnswersNothing('Sign out everywhere else, with `all=true` here too')
  async endAll(@Query() query: EndOwnSessionsRequest): Promise<void> {
    await this.rpc.call(endOwnSessions, query);
  }

  @Delete(':id')
  @Requires('sessions:write')
  @Audited('session.revoked')
  @AnswersNothing('End one session; its tokens are refused within seconds')
  async end(@Param() path: OwnSessionIdRequest): Promise<void> {
    await this.rpc.call(endOwnSession, path);
  }
}
