import { Inject, Injectable } from '@nestjs/common';
import {
  type CreateEndpointRequest,
  currentCaller,
  type DefaultEndpoint,
  newId,
  type PutDefaultEndpointRequest,
  type UpdateEndpointRequest,
  type WebhookEndpoint,
  type WebhookEndpointList,
  type WebhookEndpointWithSecret,
} from '@parley/contracts';
import { ActRecorder, Jobs } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { CONFIG } from '@parley/platform';
import type { NotificationsConfig } from '../config';
import { ALL_EVENTS, subscriptionsOf } from '../formats/event-map';
import { TargetGuard, TargetRefused } from '../sending/target-guard';
import { wakeEndpoint } from '../sending/wake.job';
import { EndpointFieldInvalid, EndpointNotFound, TooManyEndpoints } from './endpoint.errors';
import { type EndpointChanges, EndpointRepository, type EndpointRow } from './endpoint.repository';
import { toEndpoint } from './endpoint.response';
import { EndpointSeals } from './endpoint-seals';
import { checkSecret, newSecret } from './endpoint-secret';

/** One tenant fans out to at most this many places. */
const MAX_ENDPOINTS = 20;

/** A fresh start after somebody saw to it. */
const REVIVED: EndpointChanges = {
  status: 'active',
  status_reason: null,
  failing_since: null,
  consecutive_failures: 0,
  resting_until: null,
};

@Injectable()
export class EndpointService {
  constructor(
    private readonly database: Database,
    private readonly acts: ActRecorder,
    private readonly endpoints: EndpointRepository,
    private readonly seals: EndpointSeals,
    private readonly guard: TargetGuard,
    private readonly jobs: Jobs,
    @Inject(CONFIG) private readonly config: NotificationsConfig,
  ) {}

  async list(): Promise<WebhookEndpointList> {
    const rows = await this.database.tenant(() => this.endpoints.list());
    return { data: rows.map(toEndpoint) };
  }

  async get(id: string): Promise<WebhookEndpoint> {
    return toEndpoint(known(await this.database.tenant(() => this.endpoints.find(id))));
  }

  async getDefault(): Promise<DefaultEndpoint> {
    const row = await this.database.tenant(() => this.endpoints.findDefault());
    return { endpoint: row ? toEndpoint(row) : null };
  }

  async create(request: CreateEndpointRequest): Promise<WebhookEndpointWithSecret> {
    await this.checkUrl(request.url);
    return this.database.tenant(() => this.add(request, false));
  }

  async putDefault({ url, secret }: PutDefaultEndpointRequest): Promise<WebhookEndpointWithSecret> {
    await this.checkUrl(url);
    return this.database.tenant(async () => {
      await this.endpoints.takeTurns(tenantOfCaller());
      const existing = await this.endpoints.lockDefault();
      if (!existing) {
        const request = { url, name: 'default', payloadFormat: 'n8n' as const };
        return this.add({ ...request, ...(secret ? { secret } : {}) }, true);
      }
      const { id } = existing;
      const sealed = secret === undefined ? {} : this.seals.replaceSecret(existing, checkSecret(secret));
      const row = await this.endpoints.change(id, { url, ...REVIVED, ...sealed });
      await this.recordChange(existing, known(row), secret !== undefined);
      await this.jobs.enqueue(wakeEndpoint, { endpointId: id });
      return { ...toEndpoint(known(row)), secret: null };
    });
  }

  async update({ id, ...request }: UpdateEndpointRequest): Promise<WebhookEndpoint> {
    if (request.url !== undefined) await this.checkUrl(request.url);
    return this.database.tenant(async () => {
      const existing = known(await this.endpoints.lock(id));
      const { secret, headers, status } = request;
      const format = request.payloadFormat ?? existing.payloadFormat;
      if (format !== 'flat' && !existing.secretEnc && secret === undefined) {
        throw new EndpointFieldInvalid('secret', `is needed for format ${format}`);
      }
      const row = await this.endpoints.change(id, {
        name: request.name,
        url: request.url,
        events: request.events && subscriptionsOf(request.events),
        payload_format: request.payloadFormat,
        max_attempts: request.maxAttempts,
        schedule: request.scheduleSeconds,
        ...(headers === undefined ? {} : this.seals.headers(id, headers ?? {})),
        ...(secret === undefined ? {} : this.seals.replaceSecret(existing, checkSecret(secret))),
        ...(status === 'active' && existing.status !== 'active' ? REVIVED : {}),
        ...(status === 'paused' ? { status, status_reason: 'Paused by a member' } : {}),
      });
      await this.recordChange(existing, known(row), secret !== undefined);
      // What waited for it to be active again is due now.
      await this.jobs.enqueue(wakeEndpoint, { endpointId: id });
      return toEndpoint(known(row));
    });
  }

  async remove(id: string): Promise<void> {
    await this.database.tenant(async () => {
      const existing = known(await this.endpoints.lock(id));
      await this.endpoints.remove(id);
      await this.record('webhook-endpoint.removed', id, { before: told(existing) });
    });
  }

  async rotateSecret(id: string): Promise<WebhookEndpointWithSecret> {
    return this.database.tenant(async () => {
      const existing = known(await this.endpoints.lock(id));
      const secret = newSecret();
      const row = await this.endpoints.change(id, this.seals.replaceSecret(existing, secret));
      await this.record('webhook-endpoint.secret-rotated', id);
      return { ...toEndpoint(known(row)), secret };
    });
  }

  private async add(request: CreateEndpointRequest, isDefault: boolean): Promise<WebhookEndpointWithSecret> {
    const {
      url,
      name = 'webhook',
      events = [ALL_EVENTS],
      payloadFormat = 'standard',
      scheduleSeconds,
    } = request;
    const tenantId = tenantOfCaller();
    await this.endpoints.takeTurns(tenantId);
    if ((await this.endpoints.count()) >= MAX_ENDPOINTS) throw new TooManyEndpoints(MAX_ENDPOINTS);
    const id = newId();
    const given = request.secret === undefined ? undefined : checkSecret(request.secret);
    const made = given === undefined && payloadFormat !== 'flat' ? newSecret() : undefined;
    const secret = given ?? made;
    const { headers_enc: headersEnc = null, header_names: headerNames = [] } = request.headers
      ? this.seals.headers(id, request.headers)
      : {};
    const row = await this.endpoints.add({
      id,
      tenantId,
      name,
      url,
      secretEnc: secret === undefined ? null : this.seals.seal(id, secret),
      headersEnc,
      headerNames,
      events: subscriptionsOf(events),
      payloadFormat,
      isDefault,
      maxAttempts: request.maxAttempts ?? this.attemptsFor(scheduleSeconds),
      schedule: scheduleSeconds ?? null,
      createdBy: currentCaller().userId ?? null,
    });
    await this.record('webhook-endpoint.added', id, { after: told(row) });
    return { ...toEndpoint(row), secret: made ?? null };
  }

  private recordChange(before: EndpointRow, after: EndpointRow, secretReplaced: boolean): Promise<void> {
    return this.record('webhook-endpoint.changed', after.id, {
      before: told(before),
      after: { ...told(after), targetReplaced: before.url !== after.url, secretReplaced },
    });
  }

  private record(action: string, id: string, facts: { before?: object; after?: object } = {}): Promise<void> {
    return this.acts.record({ action, resourceType: 'webhook-endpoint', resourceId: id, ...facts });
  }

  private attemptsFor(schedule: readonly number[] | null | undefined): number {
    return schedule ? schedule.length + 1 : this.config.WEBHOOK_MAX_ATTEMPTS;
  }

  private async checkUrl(url: string): Promise<void> {
    try {
      await this.guard.checkTarget(url);
    } catch (error) {
      if (error instanceof TargetRefused) throw new EndpointFieldInvalid('url', error.message);
      throw error;
    }
  }
}

function known(row: EndpointRow | undefined): EndpointRow {
  if (!row) throw new EndpointNotFound();
  return row;
}

function tenantOfCaller(): string {
  const { tenantId } = currentCaller();
  if (!tenantId) throw new Error('The caller has no tenant');
  return tenantId;
}

/** Where a tenant's data goes. Of headers the names and of the address the host: the rest may be a credential. */
const told = ({ name, url, events, payloadFormat, status, headerNames }: EndpointRow) => ({
  ...{ name, host: new URL(url).host, events, payloadFormat, status, headerNames },
});
