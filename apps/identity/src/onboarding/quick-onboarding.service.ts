import { Inject, Injectable, Logger } from '@nestjs/common';
import {
  AppError,
  currentCaller,
  DEFAULT_PAGE_SIZE,
  type ListOnboardingsRequest,
  newId,
  onboardingRequestedV1,
  type OnboardingRun,
  type OnboardingRunPage,
  type StartOnboardingRequest,
  toPage,
} from '@parley/contracts';
import { Outbox } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { AccountOpening } from '../account-admin/account-opening.service';
import type { User } from '../account/user.repository';
import { AuditTrail } from '../audit/audit-trail';
import { idBefore } from '../id-page';
import { actingInPerson } from '../session/acting-user';
import { SettingsService } from '../settings/settings.service';
import { DEFAULT_COUNTRY, DEFAULT_TIMEZONE } from '../tenancy/places';
import { slugFor } from '../tenancy/slug';
import { TenancyService } from '../tenancy/tenancy.service';
import { statusOf, stepAs } from './onboarding';
import { AgentsNotDeployedYet, OnboardingNotFound } from './onboarding.errors';
import { OnboardingRepository, type RunRow, toOnboardingRun } from './onboarding.repository';

const OWN_STEPS = ['account', 'tenant', 'settings'] as const;

/** How far identity's own steps came; kept outside the transaction, to tell what was undone. */
interface Progress {
  current: (typeof OWN_STEPS)[number];
}

/**
 * The saga of BR-052. Identity's own steps are one transaction, so that undoing them is rolling it back, and the run
 * is stored with them; of a run that failed there only the record is left. Then billing is asked for the plan.
 */
@Injectable()
export class QuickOnboarding {
  private readonly logger = new Logger(QuickOnboarding.name);

  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(Outbox) private readonly outbox: Outbox,
    @Inject(AccountOpening) private readonly opening: AccountOpening,
    @Inject(TenancyService) private readonly tenancy: TenancyService,
    @Inject(SettingsService) private readonly settings: SettingsService,
    @Inject(OnboardingRepository) private readonly runs: OnboardingRepository,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
  ) {}

  /** @throws AgentsNotDeployedYet; EmailTaken, Invalid of the settings, which leave a compensated run */
  async start(request: StartOnboardingRequest): Promise<OnboardingRun> {
    const { userId: createdBy } = actingInPerson();
    if (request.agent) throw new AgentsNotDeployedYet();
    const at = new Date();
    const run: RunRow = {
      id: newId(),
      tenantId: newId(),
      status: 'running',
      ownerId: null,
      companyName: request.company.name.trim(),
      planCode: request.planCode ?? null,
      steps: [],
      createdBy,
      createdAt: at,
      updatedAt: at,
    };
    const progress: Progress = { current: 'account' };
    try {
      return await this.db.system('quick onboarding', () => this.perform(run, request, progress, at));
    } catch (error) {
      await this.recordCompensation(run, progress.current, error);
      throw error;
    }
  }

  /** @throws OnboardingNotFound */
  async get(id: string): Promise<OnboardingRun> {
    const row = await this.db.system('an onboarding', () => this.runs.find(id));
    if (!row) throw new OnboardingNotFound();
    return toOnboardingRun(row);
  }

  async list(request: ListOnboardingsRequest): Promise<OnboardingRunPage> {
    const { cursor, limit = DEFAULT_PAGE_SIZE } = request;
    const before = idBefore(cursor);
    const rows = await this.db.system('onboardings', () => this.runs.page(request, before, limit));
    return toPage(rows, limit, toOnboardingRun, ({ id }) => [id]);
  }

  private async perform(
    run: RunRow,
    request: StartOnboardingRequest,
    progress: Progress,
    at: Date,
  ): Promise<OnboardingRun> {
    const { owner, company, settings, planCode } = request;
    const { id: runId, tenantId } = run;
    const locale = company.locale ?? currentCaller().locale;
    const user = await this.opening.open({ ...owner, locale }, at);
    progress.current = 'tenant';
    await this.openCompany(run, request, user);
    progress.current = 'settings';
    if (settings) await this.settings.begin(tenantId, settings);
    const steps = [
      ...OWN_STEPS.map((name) => stepAs(name, 'done', at)),
      ...(planCode ? [stepAs('plan', 'pending')] : []),
    ];
    const started = { ...run, ownerId: user.id, steps, status: statusOf(steps) };
    await this.runs.add(started);
    await this.opening.mailPasswordLink(user, run.companyName, at);
    await this.outbox.add(
      onboardingRequestedV1,
      { runId, tenantId, ownerId: user.id, ...(planCode ? { planCode } : {}) },
      { subject: tenantId, tenantId },
    );
    await this.audit.record({
      action: 'onboarding.started',
      resourceType: 'onboarding',
      resourceId: runId,
      after: { owner: user.email, companyName: run.companyName, planCode: run.planCode },
      tenantId,
    });
    return toOnboardingRun(started);
  }

  private async openCompany(run: RunRow, { company }: StartOnboardingRequest, owner: User): Promise<void> {
    const { tenantId: id, companyName: name } = run;
    await this.tenancy.open(
      {
        id,
        slug: slugFor(name),
        name,
        kind: 'company',
        businessName: company.businessName?.trim() ?? name,
        country: company.country ?? DEFAULT_COUNTRY,
        locale: owner.locale,
        timezone: company.timezone ?? DEFAULT_TIMEZONE,
      },
      owner.id,
    );
  }

  /** Everything is undone already; should this record be lost too, nothing else is. */
  private async recordCompensation(run: RunRow, failed: Progress['current'], error: unknown): Promise<void> {
    const at = new Date();
    const reason = error instanceof AppError ? `${error.code}: ${error.message}`.slice(0, 500) : 'INTERNAL';
    const steps = OWN_STEPS.map((name) => {
      if (name === failed) return stepAs(name, 'failed', at, reason);
      return OWN_STEPS.indexOf(name) < OWN_STEPS.indexOf(failed)
        ? stepAs(name, 'undone', at)
        : stepAs(name, 'pending');
    });
    await this.db
      .system('a failed onboarding', async () => {
        await this.runs.add({ ...run, steps, status: 'compensated' });
        await this.audit.record({
          action: 'onboarding.compensated',
          resourceType: 'onboarding',
          resourceId: run.id,
          after: { step: failed, reason },
          tenantId: null,
        });
      })
      .catch((cause: unknown) =>
        this.logger.error({ err: cause, runId: run.id }, 'failed onboarding not recorded'),
      );
  }
}
