import { Injectable, type OnModuleInit } from '@nestjs/common';
import {
  currentCaller,
  Invalid,
  type ModuleAccess,
  MODULES,
  type ModulesResponse,
  Nothing,
  type OverrideModuleRequest,
} from '@parley/contracts';
import { ActRecorder, type JobDefinition, Jobs } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { Bookkeeper } from '../books/bookkeeper';
import { SubscriptionNews } from '../subscriptions/subscription-news';
import type { Terms } from '../subscriptions/terms';
import { TermsRepository } from '../subscriptions/terms.repository';
import { tenantOfCaller } from '../tenant-of-caller';
import { known } from '../tenant-known';
import { ModuleOverrideRepository } from './module-override.repository';

/** The plan decides again; the platform is told. */
const endOverrides: JobDefinition<Nothing> = { name: 'end-module-overrides', payload: Nothing };

/** Which client applications a tenant may use (BR-039): what its plans open, unless an administrator says otherwise. */
@Injectable()
export class Modules implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
    private readonly acts: ActRecorder,
    private readonly bookkeeper: Bookkeeper,
    private readonly terms: TermsRepository,
    private readonly news: SubscriptionNews,
    private readonly overrides: ModuleOverrideRepository,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(endOverrides, () => this.endLapsed(tenantOfCaller()));
  }

  async own(): Promise<ModulesResponse> {
    const tenantId = tenantOfCaller();
    return this.database.tenant(async () => toModules(await this.terms.of(tenantId, new Date())));
  }

  async override(request: OverrideModuleRequest): Promise<ModulesResponse> {
    const { id: tenantId, module, allowed } = request;
    const expiresAt = request.expiresAt ? new Date(request.expiresAt) : null;
    if (expiresAt && expiresAt <= new Date())
      throw new Invalid('Invalid input: expiresAt', [
        { field: 'expiresAt', message: 'must be in the future' },
      ]);
    const { userId: grantedBy = null } = currentCaller();
    return this.database.forTenant(tenantId, () =>
      this.bookkeeper.change(tenantId, {}, undefined, async (books) => {
        known(books);
        const before = await this.terms.of(tenantId, books.now);
        if (allowed === null) await this.overrides.remove(tenantId, module);
        else await this.overrides.set(tenantId, { module, allowed, expiresAt, grantedBy });
        if (allowed !== null && expiresAt)
          await this.jobs.enqueue(endOverrides, {}, { runAt: expiresAt, tenantId });
        const after = await this.terms.of(tenantId, books.now);
        if (String(before.modules) !== String(after.modules))
          await this.news.tellEntitlements(books, after, undefined);
        await this.acts.record({
          action: 'module.overridden',
          resourceType: 'module',
          resourceId: module,
          tenantId,
          before: { allowed: before.modules.includes(module) },
          after: { override: allowed, expiresAt },
        });
        return toModules(after);
      }),
    );
  }

  /** Lapsed overrides count no more anyway; this tells it. An override that was prolonged since is left alone. */
  private async endLapsed(tenantId: string): Promise<void> {
    await this.database.forTenant(tenantId, () =>
      this.bookkeeper.change(tenantId, {}, undefined, async (books) => {
        if (!(await this.overrides.removeLapsed(tenantId))) return;
        await this.news.tellEntitlements(books, await this.terms.of(tenantId, books.now), undefined);
      }),
    );
  }
}

const toModules = (terms: Terms): ModulesResponse => ({
  modules: MODULES.map((module): ModuleAccess => {
    const override = terms.overrides.find((each) => each.module === module);
    return {
      module,
      allowed: terms.modules.includes(module),
      source: override ? 'override' : 'plan',
      expiresAt: override?.expiresAt?.toISOString() ?? null,
    };
  }),
});
