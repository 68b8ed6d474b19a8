import { Controller, Inject } from '@nestjs/common';
import {
  acceptInvitation,
  AcceptInvitationRequest,
  AcceptInvitationResponse,
  createInvitation,
  CreateInvitationRequest,
  InvitationIdRequest,
  InvitationPage,
  InvitationResponse,
  listInvitations,
  Nothing,
  PageRequest,
  revokeInvitation,
} from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { AcceptanceService } from './acceptance.service';
import { InvitationService } from './invitation.service';

@Controller()
export class InvitationController {
  constructor(
    @Inject(InvitationService) private readonly invitations: InvitationService,
    @Inject(AcceptanceService) private readonly acceptances: AcceptanceService,
  ) {}

  @Handles(createInvitation)
  create(request: CreateInvitationRequest): Promise<InvitationResponse> {
    return this.invitations.create(request);
  }

  @Handles(listInvitations)
  list(request: PageRequest): Promise<InvitationPage> {
    return this.invitations.list(request);
  }

  @Handles(revokeInvitation)
  async revoke({ id }: InvitationIdRequest): Promise<Nothing> {
    await this.invitations.revoke(id);
    return {};
  }

  @Handles(acceptInvitation)
  accept(request: AcceptInvitationRequest): Promise<AcceptInvitationResponse> {
    return this.acceptances.accept(request);
  }
}
