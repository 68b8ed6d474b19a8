import { Inject, Injectable } from '@nestjs/common';
import {
  type AddPhoneNumberRequest,
  currentCaller,
  newId,
  numberChangedV1,
  type NumberRouting,
  type PhoneNumber,
  type PhoneNumberList,
  type PhoneNumberStatus,
  type WebhookProvider,
} from '@parley/contracts';
import { ActRecorder, Outbox } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { Directory } from './directory';
import { NumberTaken } from './numbers.errors';

interface NumberRow {
  id: string;
  e164: string;
  provider: WebhookProvider;
  providerNumberId: string | null;
  assistantId: string | null;
  label: string | null;
  routing: NumberRouting;
  status: PhoneNumberStatus;
  createdAt: Date;
}

const COLUMNS = `id, e164, provider, provider_number_id AS "providerNumberId", assistant_id AS "assistantId", label,
  routing, status, created_at AS "createdAt"`;

@Injectable()
export class NumbersService {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(Outbox) private readonly outbox: Outbox,
    @Inject(ActRecorder) private readonly acts: ActRecorder,
    @Inject(Directory) private readonly directory: Directory,
  ) {}

  /** @throws NumberTaken when it is somebody's already, the caller's included */
  add(request: AddPhoneNumberRequest): Promise<PhoneNumber> {
    return this.database.tenant(async () => {
      const { e164, provider, providerNumberId, assistantId, label, routing } = request;
      const id = newId();
      const [row] = await this.database.query<NumberRow>(
        `INSERT INTO phone_numbers (id, tenant_id, e164, provider, provider_number_id, assistant_id, label, routing)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (e164) DO NOTHING RETURNING ${COLUMNS}`,
        [
          id,
          currentCaller().tenantId,
          e164,
          provider,
          providerNumberId ?? null,
          assistantId ?? null,
          label ?? null,
          JSON.stringify(routing ?? {}),
        ],
      );
      if (!row) throw new NumberTaken();
      await this.outbox.add(numberChangedV1, { numberId: id }, { subject: id });
      await this.acts.record({
        action: 'phone-number.added',
        resourceType: 'phone-number',
        resourceId: id,
        after: { e164, provider, label: row.label, routing: row.routing },
      });
      this.database.afterCommit(() => this.directory.expire());
      return toPhoneNumber(row);
    });
  }

  list(): Promise<PhoneNumberList> {
    return this.database.tenant(async () => {
      const rows = await this.database.query<NumberRow>(
        `SELECT ${COLUMNS} FROM phone_numbers ORDER BY created_at, id LIMIT 1000`,
      );
      return { data: rows.map(toPhoneNumber) };
    });
  }
}

function toPhoneNumber({ createdAt, ...row }: NumberRow): PhoneNumber {
  return { ...row, createdAt: createdAt.toISOString() };
}
