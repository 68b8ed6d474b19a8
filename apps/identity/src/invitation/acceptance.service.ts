import { Inject, Injectable } from '@nestjs/common';
import {
  type AcceptInvitationRequest,
  type AcceptInvitationResponse,
  currentCaller,
  newId,
} from '@parley/contracts';
import { Database } from '@parley/persistence';
import { EmailTaken } from '../account/account.errors';
import { Passwords } from '../account/passwords.service';
import { type User, UserRepository } from '../account/user.repository';
import { AlreadyMember } from '../membership/membership.errors';
import { AuditTrail } from '../audit/audit-trail';
import { type LockedTenant, MembershipRepository } from '../membership/membership.repository';
import { Seats } from '../membership/seats.service';
import { actingInPerson } from '../session/acting-user';
import { KnownDevices } from '../session/known-device.repository';
import type { Proof } from '../session/proof.repository';
import { AccountSuspended } from '../session/session.errors';
import { SessionService } from '../session/session.service';
import { type MemberTenant, TenantRepository, toTenantResponse } from '../tenancy/tenant.repository';
import { hashOfInvitation } from './invitation-token';
import {
  InvitationNotFound,
  InvitedSomebodyElse,
  NewAccountIncomplete,
  SignInToAccept,
} from './invitation.errors';
import { type Invitation, InvitationRepository } from './invitation.repository';

const REASON = 'acceptance of an invitation';

/** A token is used once: whoever uses it first under the tenant's lock. */
@Injectable()
export class AcceptanceService {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(UserRepository) private readonly users: UserRepository,
    @Inject(Passwords) private readonly passwords: Passwords,
    @Inject(TenantRepository) private readonly tenants: TenantRepository,
    @Inject(MembershipRepository) private readonly memberships: MembershipRepository,
    @Inject(Seats) private readonly seats: Seats,
    @Inject(InvitationRepository) private readonly invitations: InvitationRepository,
    @Inject(KnownDevices) private readonly devices: KnownDevices,
    @Inject(SessionService) private readonly sessions: SessionService,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
  ) {}

  /**
   * @throws InvitationNotFound, InvitedSomebodyElse, AccountSuspended, SeatsTaken, AlreadyMember; without sign-in also
   * SignInToAccept, NewAccountIncomplete, WeakPassword, EmailTaken
   */
  async accept(request: AcceptInvitationRequest): Promise<AcceptInvitationResponse> {
    const hash = hashOfInvitation(request.token);
    const invitation = await this.db.system(REASON, () => this.invitations.findOpen(hash, new Date()));
    if (!invitation) throw new InvitationNotFound();
    return currentCaller().userId
      ? this.acceptAsCaller(hash, invitation)
      : this.acceptWithNewAccount(hash, invitation, request);
  }

  private async acceptAsCaller(hash: Buffer, invitation: Invitation): Promise<AcceptInvitationResponse> {
    const { userId } = actingInPerson();
    const tenant = await this.db.system(REASON, async () => {
      const user = await this.users.find(userId);
      if (user?.email !== invitation.email) throw new InvitedSomebodyElse();
      if (user.status !== 'active') throw new AccountSuspended();
      const tenant = await this.lock(invitation);
      const joined = await this.join(tenant, hash, user);
      await this.recordAcceptance(tenant, invitation, user);
      return joined;
    });
    return { tenant: toTenantResponse(tenant), session: null };
  }

  /** Only the mail carried the token, so whoever has it reads that mailbox: the address counts as verified. */
  private async acceptWithNewAccount(
    hash: Buffer,
    { tenantId, email }: Invitation,
    { name, password }: AcceptInvitationRequest,
  ): Promise<AcceptInvitationResponse> {
    if (!name?.trim() || !password) {
      const known = await this.db.system(REASON, () => this.users.findByEmail(email));
      if (known) throw new SignInToAccept();
      throw new NewAccountIncomplete([...(name?.trim() ? [] : ['name']), ...(password ? [] : ['password'])]);
    }
    const passwordHash = await this.passwords.hashNew(password, { email, name });
    const signedIn = await this.db.system(REASON, async () => {
      const tenant = await this.lock({ tenantId });
      const { locale } = tenant;
      const open = await this.invitations.findOpen(hash, new Date());
      if (!open) throw new InvitationNotFound();
      const at = new Date();
      const person = { id: newId(), email, name: name.trim(), locale, passwordHash };
      const user = await this.users.add({
        ...person,
        emailVerifiedAt: open.mailed ? at : null,
        platformRole: 'user',
      });
      if (!user) throw new EmailTaken();
      const proof: Proof = { at, methods: ['pwd'] };
      const joined = await this.join(tenant, hash, user);
      const signedIn = await this.sessions.open(user, joined, at, proof);
      const deviceToken = await this.devices.add(user.id, at);
      await this.recordAcceptance(tenant, open, user);
      return { ...signedIn, deviceToken };
    });
    const session = await this.sessions.respond(signedIn);
    return { tenant: session.tenant, session };
  }

  private recordAcceptance(
    { id: tenantId }: LockedTenant,
    { id, role }: Invitation,
    user: User,
  ): Promise<void> {
    return this.audit.record({
      action: 'invitation.accepted',
      resourceType: 'invitation',
      resourceId: id,
      after: { userId: user.id, role },
      tenantId,
      actorUserId: user.id,
    });
  }

  private async lock({ tenantId }: Pick<Invitation, 'tenantId'>): Promise<LockedTenant> {
    const tenant = await this.memberships.lockTenant(tenantId);
    if (!tenant) throw new InvitationNotFound();
    if (tenant.status !== 'active') throw new AccountSuspended();
    return tenant;
  }

  /** The invitation's own seat becomes the member's; other invitations keep waiting for what is left. */
  private async join(tenant: LockedTenant, hash: Buffer, { id: userId }: User): Promise<MemberTenant> {
    const used = await this.invitations.use(hash, userId, new Date());
    if (!used) throw new InvitationNotFound();
    await this.seats.demandOne(tenant, 0);
    if (!(await this.memberships.add(tenant.id, userId, used.role, used.invitedBy)))
      throw new AlreadyMember();
    const joined = (await this.tenants.ofMember(userId)).find(({ id }) => id === tenant.id);
    if (!joined) throw new Error('A new member does not see the tenant');
    return joined;
  }
}
