import { Body, Controller, Delete, Get, Inject, Param, Patch, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  changeMemberRole,
  ChangeRoleBody,
  listMembers,
  MemberIdRequest,
  MemberPage,
  MemberResponse,
  PageRequest,
  removeMember,
} from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import { Audited } from '../audit/audited';
import { Answers, AnswersNothing, Requires } from '../edge/decorators';

@Controller('v1/members')
@ApiTags('members')
export class MembersController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Get()
  @Requires('members:read')
  @Answers('Members of the tenant, newest first', MemberPage)
  list(@Query() query: PageRequest): Promise<string> {
    return this.rpc.forward(listMembers, query);
  }

  @Patch(':userId')
  @Requires('members:write')
  @Audited('member.role-changed')
  @Answers('Change a role: admins those of users, the owner those of admins too', MemberResponse, {
    errors: { 404: 'NOT_FOUND', 409: 'STATE_CONFLICT: the owner’s role passes on by transfer only' },
  })
  changeRole(@Param() { userId }: MemberIdRequest, @Body() { role }: ChangeRoleBody): Promise<string> {
    return this.rpc.forward(changeMemberRole, { userId, role });
  }

  @Delete(':userId')
  @Requires('members:write')
  @Audited('member.removed')
  @AnswersNothing('Remove a member and end their sessions in this tenant')
  async remove(@Param() params: MemberIdRequest): Promise<void> {
    await this.rpc.call(removeMember, params);
  }
}
