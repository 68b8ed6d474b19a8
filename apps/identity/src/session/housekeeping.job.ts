import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Jobs } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { InvitationRepository } from '../invitation/invitation.repository';
import { SigningKeys } from '../keys/signing-keys.service';
import { KnownDevices } from './known-device.repository';
import { LoginGuardRepository } from './login-guard.repository';
import { SessionRepository } from './session.repository';

const DAY_MS = 86_400_000;

/** How long traces of sign-in stay after they stopped deciding anything. */
const KEEP_ATTEMPTS_DAYS = 30;
const KEEP_GUARDS_DAYS = 1;
const KEEP_SESSIONS_DAYS = 30;
const KEEP_DEVICES_DAYS = 180;
const KEEP_INVITATIONS_DAYS = 30;

/** Anybody can make rows here by guessing; nobody may fill the disk that way. */
@Injectable()
export class Housekeeping implements OnModuleInit {
  constructor(
    @Inject(Jobs) private readonly jobs: Jobs,
    @Inject(Database) private readonly db: Database,
    @Inject(LoginGuardRepository) private readonly guards: LoginGuardRepository,
    @Inject(KnownDevices) private readonly devices: KnownDevices,
    @Inject(SessionRepository) private readonly sessions: SessionRepository,
    @Inject(SigningKeys) private readonly keys: SigningKeys,
    @Inject(InvitationRepository) private readonly invitations: InvitationRepository,
  ) {}

  onModuleInit(): void {
    this.jobs.schedule('identity.housekeeping', '17 * * * *', () => this.sweep());
  }

  async sweep(): Promise<void> {
    await this.db.system('housekeeping', async () => {
      await this.guards.prune(daysAgo(KEEP_ATTEMPTS_DAYS), daysAgo(KEEP_GUARDS_DAYS));
      await this.devices.prune(daysAgo(KEEP_DEVICES_DAYS));
      await this.sessions.prune(daysAgo(KEEP_SESSIONS_DAYS));
      await this.invitations.prune(daysAgo(KEEP_INVITATIONS_DAYS));
    });
    await this.keys.retireOld();
  }
}

const daysAgo = (days: number): Date => new Date(Date.now() - days * DAY_MS);
