import { Inject, Injectable, Logger } from '@nestjs/common';
import { AppError, newId } from '@parley/contracts';
import { LiveConfig, toAppError, toErrorBody } from '@parley/platform';
import type { TelephonyConfig } from '../config';
import type { NewJournalRow, Written } from '../journal/journal-row';
import { JournalWriter } from '../journal/journal-writer';
import { webhooksTaken } from '../journal/journal.metrics';
import { ADAPTERS } from '../providers/adapters';
import type { Standing } from '../standing/standing.repository';
import { Standings } from '../standing/standings';
import { acceptedSecrets, type Connection } from '../tenancy/connection';
import { type Candidates, type Claims, type Resolved, TenantResolver } from '../tenancy/tenant-resolver';
import { verifyGeneric } from './generic-signature';
import { storedHeaders } from './stored-headers';
import { TenantLimit } from './tenant-limit';
import type { LineContext, ProviderAdapter, ProviderEvent, WebhookAnswer, WebhookRequest } from './webhook';
import { IntakeUnavailable, InvalidSignature, TooManyWebhooks, UnknownProvider } from './webhook.errors';
import { findWebhookPath, type WebhookPath } from './webhook-paths';

/** Whoever is on the line hears an answer by then, even if the database does not. */
const LINE_PATIENCE_MS = 800;

interface Vouched {
  connection: Connection;
  scheme: string;
}

/** Where providers come in: checked, written down, answered. */
@Injectable()
export class WebhookDoor {
  private readonly logger = new Logger(WebhookDoor.name);

  constructor(
    @Inject(TenantResolver) private readonly resolver: TenantResolver,
    @Inject(JournalWriter) private readonly journal: JournalWriter,
    @Inject(TenantLimit) private readonly limit: TenantLimit,
    @Inject(Standings) private readonly standings: Standings,
    @Inject(LiveConfig) private readonly live: LiveConfig<TelephonyConfig>,
  ) {}

  /** Signatures cover it: providers must be told of a change as well. */
  private get publicUrl(): string {
    return this.live.get('PUBLIC_URL').replace(/\/+$/, '');
  }

  /** Never throws: refusals are answers too. */
  async handle(request: WebhookRequest): Promise<WebhookAnswer> {
    const [pathname = '', query = ''] = request.path.split('?', 2);
    const where = findWebhookPath(pathname);
    try {
      if (!where) throw new UnknownProvider();
      return await this.take(request, where, query);
    } catch (error) {
      return this.refuse(error, where);
    }
  }

  private async take(request: WebhookRequest, where: WebhookPath, query: string): Promise<WebhookAnswer> {
    const adapter = ADAPTERS[where.provider];
    const event = adapter.read(request, where.step);
    const claims = claimsIn(request, query);
    const candidates = await this.find(where, event, claims);
    const vouched = this.verify(request, event, adapter, candidates.connections, where, claims);
    const resolved = await this.resolver.resolve(vouched.connection, candidates);
    if (claims.tenantName && resolved.tenantId && resolved.tenantId !== candidates.claimedTenantId) {
      throw new InvalidSignature();
    }
    const asks = adapter.asks(event);
    const over = resolved.tenantId ? this.limit.count(resolved.tenantId) : undefined;
    const deferredUntil = asks ? undefined : over;
    const row = toRow(request, event, vouched, resolved, deferredUntil, asks && adapter.starts(event));
    // Looked up beside the commit, for when that does not come in time.
    const known = row.startsCall ? this.standings.find(resolved.tenantId, 'voice') : undefined;
    const committed = this.journal.claim(row);
    const answer = async (written?: Written): Promise<WebhookAnswer> =>
      adapter.answer(event, {
        ...lineOf(resolved),
        refused: await this.refuses(row, written, known),
        callbackUrl: (path) =>
          this.publicUrl + path + (claims.connectionId ? `?connection=${claims.connectionId}` : ''),
      });
    if (asks) return this.answerAnyway(answer, committed, where);

    const { claim } = await this.orUnavailable(committed);
    if (deferredUntil && claim === 'stored') {
      throw new TooManyWebhooks(Math.ceil((deferredUntil.getTime() - Date.now()) / 1000));
    }
    webhooksTaken.inc({ provider: where.provider, outcome: claim });
    return answer();
  }

  /** As decided with the commit; else by what was last told, less what was let in without being written down. */
  private async refuses(
    { startsCall, tenantId }: NewJournalRow,
    written: Written | undefined,
    known: Promise<Standing | undefined> | undefined,
  ): Promise<boolean> {
    if (!startsCall || !tenantId) return false;
    if (written?.admitted !== undefined) return !written.admitted;
    return !this.standings.admitsBlindly(tenantId, await known);
  }

  private find(where: WebhookPath, event: ProviderEvent<never>, claims: Claims): Promise<Candidates> {
    return this.orUnavailable(this.resolver.candidates(where.provider, event.evidence, claims));
  }

  /** @throws InvalidSignature when nobody vouches for the request */
  private verify(
    request: WebhookRequest,
    event: ProviderEvent<never>,
    adapter: ProviderAdapter<never>,
    connections: readonly Connection[],
    where: WebhookPath,
    claims: Claims,
  ): Vouched {
    const now = Date.now();
    const named = claims.connectionId !== undefined || claims.tenantName !== undefined;
    for (const connection of connections) {
      const secrets = acceptedSecrets(connection, now);
      const credentials = { secrets, hmac: connection.hmac, publicUrl: this.publicUrl };
      const scheme = adapter.verify(request, event, credentials);
      if (scheme) return { connection, scheme };
      if (where.generic && named && verifyGeneric(request, credentials))
        return { connection, scheme: 'sha256' };
    }
    throw new InvalidSignature();
  }

  private async answerAnyway(
    answer: (written?: Written) => Promise<WebhookAnswer>,
    committed: Promise<Written>,
    { provider }: WebhookPath,
  ): Promise<WebhookAnswer> {
    let timer: NodeJS.Timeout | undefined;
    let written: Written | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error('the commit takes too long')), LINE_PATIENCE_MS);
    });
    try {
      written = await Promise.race([committed, late]);
      webhooksTaken.inc({ provider, outcome: written.claim });
    } catch (error) {
      webhooksTaken.inc({ provider, outcome: 'unstored' });
      this.logger.error(
        { err: error, provider },
        'answered on the line without having written the event down',
      );
    } finally {
      clearTimeout(timer);
    }
    return answer(written);
  }

  private async orUnavailable<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (cause) {
      throw new IntakeUnavailable({ cause });
    }
  }

  private refuse(error: unknown, where: WebhookPath | undefined): WebhookAnswer {
    const refusal = toAppError(error);
    const provider = where?.provider ?? 'unknown';
    webhooksTaken.inc({ provider, outcome: error instanceof TooManyWebhooks ? 'deferred' : refusal.code });
    const facts = { provider, code: refusal.code };
    if (refusal.status >= 500)
      this.logger.error({ ...facts, err: refusal.cause ?? error }, 'webhook not taken');
    else this.logger.warn(facts, 'webhook refused');
    return refusalAnswer(refusal);
  }
}

/** A refusal as every error of the platform looks. */
export function refusalAnswer(refusal: AppError): WebhookAnswer {
  const { details } = refusal;
  const retryAfter = details && !Array.isArray(details) ? details['retryAfterSeconds'] : undefined;
  return {
    status: refusal.status,
    contentType: 'application/json; charset=utf-8',
    body: JSON.stringify(toErrorBody(refusal)),
    ...(typeof retryAfter === 'number' ? { headers: { 'retry-after': String(retryAfter) } } : {}),
  };
}

/** A suspended tenant's line is answered as one that is not in service. */
const lineOf = ({ tenant, number }: Resolved): Pick<LineContext, 'tenant' | 'number'> =>
  tenant?.suspended ? { tenant: undefined, number: undefined } : { tenant, number };

function claimsIn({ headers }: WebhookRequest, query: string): Claims {
  const tenant = headers['x-tenant-id'];
  return {
    connectionId: query.includes('connection=')
      ? (new URLSearchParams(query).get('connection') ?? undefined)
      : undefined,
    tenantName: (Array.isArray(tenant) ? tenant[0] : tenant) || undefined,
  };
}

function toRow(
  request: WebhookRequest,
  event: ProviderEvent<never>,
  { connection, scheme }: Vouched,
  { tenantId, tenant }: Resolved,
  deferredUntil: Date | undefined,
  asksToStart: boolean,
): NewJournalRow {
  const owned = tenantId !== null || ADAPTERS[connection.provider].platform;
  const reason = !event.known ? 'unknown kind of event' : owned ? null : 'nobody owns the number';
  return {
    id: newId(),
    provider: connection.provider,
    kind: event.kind,
    subject: event.subject,
    tenantId,
    connectionId: connection.id,
    dedupeKey: event.dedupeKey,
    path: request.path,
    contentType: request.headers['content-type'] ?? '',
    headers: storedHeaders(request.headers),
    body: request.body,
    verifiedBy: scheme,
    status: reason ? 'ignored' : deferredUntil ? 'deferred' : 'received',
    reason,
    receivedAt: new Date(),
    deferredUntil,
    startsCall: asksToStart && event.subject !== null && tenantId !== null && tenant?.suspended !== true,
  };
}
