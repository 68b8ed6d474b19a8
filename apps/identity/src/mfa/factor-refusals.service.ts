import { Inject, Injectable, Logger } from '@nestjs/common';
import type { User } from '../account/user.repository';
import { AuditTrail } from '../audit/audit-trail';
import { type HeldDoor, SignInGuard } from '../session/sign-in-guard.service';
import { TenantRepository } from '../tenancy/tenant.repository';
import type { FactorVerdict } from './factor-answer';

type Refused = Exclude<FactorVerdict, { kind: 'proved' }>;

/** What a refused factor leaves behind. To be committed: throwing would take it back. */
@Injectable()
export class FactorRefusals {
  private readonly logger = new Logger(FactorRefusals.name);

  constructor(
    @Inject(SignInGuard) private readonly guard: SignInGuard,
    @Inject(TenantRepository) private readonly tenants: TenantRepository,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
  ) {}

  async record(user: User, verdict: Refused, door: HeldDoor, at: Date): Promise<void> {
    await this.guard.fail(door, at, user.id);
    if (verdict.kind !== 'cloned') return;
    this.logger.warn({ userId: user.id, passkeyId: verdict.passkeyId }, 'passkey cloned: counter went back');
    const [tenant] = await this.tenants.ofMember(user.id);
    await this.audit.record({
      action: 'mfa.passkey_cloned',
      resourceType: 'mfa',
      resourceId: verdict.passkeyId,
      tenantId: tenant?.id ?? null,
      actorUserId: user.id,
    });
  }
}
