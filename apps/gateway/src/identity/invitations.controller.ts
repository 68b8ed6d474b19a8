import { Body, Controller, Delete, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  acceptInvitation,
  AcceptInvitationBody,
  AcceptInvitationResponse,
  createInvitation,
  CreateInvitationRequest,
  InvitationIdRequest,
  InvitationPage,
  InvitationResponse,
  InvitationTokenPath,
  listInvitations,
  PageRequest,
  revokeInvitation,
} from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import { Audited } from '../audit/audited';
import { Answers, AnswersNothing, Public, Requires } from '../edge/decorators';
import { Idempotent } from '../idempotency/idempotent.decorator';

@Controller('v1/invitations')
@ApiTags('members')
export class InvitationsController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Get()
  @Requires('members:read')
  @Answers('Open invitations, newest first', InvitationPage)
  list(@Query() query: PageRequest): Promise<string> {
    return this.rpc.forward(listInvitations, query);
  }

  @Post()
  @Idempotent()
  @Requires('members:write')
  @Audited('invitation.created')
  @Answers('Mail an invitation to an address, or a new one', InvitationResponse, {
    status: 201,
    errors: {
      402: 'PLAN_REQUIRED: every seat is taken',
      409: 'DUPLICATE: a member already',
      429: 'RATE_LIMITED: invited often enough',
    },
  })
  create(@Body() body: CreateInvitationRequest): Promise<string> {
    return this.rpc.forward(createInvitation, body);
  }

  @Delete(':id')
  @Requires('members:write')
  @Audited('invitation.revoked')
  @AnswersNothing('Take an invitation back')
  async revoke(@Param() params: InvitationIdRequest): Promise<void> {
    await this.rpc.call(revokeInvitation, params);
  }

  @Post(':token/accept')
  @Public()
  @Answers('Join, signed in as the invited address or with a new account', AcceptInvitationResponse, {
    errors: {
      401: 'INVALID_TOKEN: the address has an account, sign in first',
      402: 'PLAN_REQUIRED: every seat is taken',
      403: 'FORBIDDEN: for another address; ACCOUNT_SUSPENDED',
      404: 'NOT_FOUND: unknown, used, expired or taken back',
      409: 'DUPLICATE: a member or an account already',
    },
  })
  accept(@Param() { token }: InvitationTokenPath, @Body() body: AcceptInvitationBody): Promise<string> {
    return this.rpc.forward(acceptInvitation, { ...body, token });
  }
}
