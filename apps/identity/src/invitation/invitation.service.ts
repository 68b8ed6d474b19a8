import { Inject, Injectable } from '@nestjs/common';
import {
  type CreateInvitationRequest,
  currentCaller,
  DEFAULT_PAGE_SIZE,
  invitationCreatedV1,
  type InvitationPage,
  type InvitationResponse,
  newId,
  type PageRequest,
  toPage,
} from '@parley/contracts';
import { Outbox } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { normalizeEmail } from '../account/user.repository';
import { AuditTrail } from '../audit/audit-trail';
import { idBefore } from '../id-page';
import { AlreadyMember } from '../membership/membership.errors';
import { MembershipRepository } from '../membership/membership.repository';
import { Seats } from '../membership/seats.service';
import { TenantTurn } from '../membership/tenant-turn.service';
import { VerificationMails } from '../verification/verification-mails.service';
import { hashOfInvitation, INVITATION_DAYS, newInvitationToken } from './invitation-token';
import { InvitationNotFound, TooManyInvitationMails } from './invitation.errors';
import { InvitationRepository, toInvitationResponse } from './invitation.repository';

const DAY_MS = 86_400_000;

/** From one tenant to one address: others must not fill a mailbox that way. */
const MAILS_PER_DAY = 10;

@Injectable()
export class InvitationService {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(Outbox) private readonly outbox: Outbox,
    @Inject(TenantTurn) private readonly turns: TenantTurn,
    @Inject(Seats) private readonly seats: Seats,
    @Inject(MembershipRepository) private readonly memberships: MembershipRepository,
    @Inject(InvitationRepository) private readonly invitations: InvitationRepository,
    @Inject(VerificationMails) private readonly mails: VerificationMails,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
  ) {}

  /** The token goes out with the mail, and nowhere else. @throws AlreadyMember, SeatsTaken, TooManyInvitationMails */
  async create(request: CreateInvitationRequest): Promise<InvitationResponse> {
    const email = normalizeEmail(request.email);
    const token = newInvitationToken();
    const at = new Date();
    const invitation = await this.turns.take('invitation', 'admin', async (tenant, inviter) => {
      if (await this.memberships.hasEmail(tenant.id, email)) throw new AlreadyMember();
      const lately = new Date(at.getTime() - DAY_MS);
      if ((await this.invitations.countMails(tenant.id, email, lately)) >= MAILS_PER_DAY)
        throw new TooManyInvitationMails();
      await this.seats.demandOne(tenant, await this.invitations.countOthers(tenant.id, email, at));
      const { id: tenantId, name: tenantName, locale } = tenant;
      const put = await this.invitations.put(
        {
          id: newId(),
          tenantId,
          email,
          role: request.role,
          tokenHash: hashOfInvitation(token),
          invitedBy: inviter.userId,
          createdAt: at,
          expiresAt: new Date(at.getTime() + INVITATION_DAYS * DAY_MS),
        },
        lately,
      );
      const { id, role, expiresAt } = toInvitationResponse(put);
      await this.outbox.add(
        invitationCreatedV1,
        { invitationId: id, email, role, tenantName, invitedByName: inviter.name, locale, expiresAt },
        { subject: id, tenantId },
      );
      const { userId, name: invitedByName } = inviter;
      const validMinutes = (INVITATION_DAYS * DAY_MS) / 60_000;
      await this.mails.invite({ userId, to: email, locale, tenantName, invitedByName, validMinutes }, token);
      await this.audit.record({
        action: 'invitation.created',
        resourceType: 'invitation',
        resourceId: id,
        after: { email, role, expiresAt },
        tenantId,
      });
      return put;
    });
    return toInvitationResponse(invitation);
  }

  async list({ cursor, limit = DEFAULT_PAGE_SIZE }: PageRequest): Promise<InvitationPage> {
    const { tenantId = '' } = currentCaller();
    const before = idBefore(cursor);
    const rows = await this.db.tenant(() => this.invitations.page(tenantId, before, limit, new Date()));
    return toPage(rows, limit, toInvitationResponse, ({ id }) => [id]);
  }

  /** @throws InvitationNotFound */
  async revoke(id: string): Promise<void> {
    await this.turns.take('revocation of an invitation', 'admin', async (tenant) => {
      const revoked = await this.invitations.revoke(tenant.id, id, new Date());
      if (!revoked) throw new InvitationNotFound();
      const { email, role } = revoked;
      await this.audit.record({
        action: 'invitation.revoked',
        resourceType: 'invitation',
        resourceId: id,
        before: { email, role },
        tenantId: tenant.id,
      });
    });
  }
}
