import { Inject, Injectable } from '@nestjs/common';
import {
  currentCaller,
  cursorOf,
  DEFAULT_PAGE_SIZE,
  type ListSmsMessagesRequest,
  normalizePhone,
  readAfter,
  type SmsMessage,
  type SmsMessagePage,
  toPage,
} from '@parley/contracts';
import { Database } from '@parley/persistence';

type MessageRow = Omit<SmsMessage, 'createdAt'> & { createdAt: Date };

/** Messages, newest first. */
@Injectable()
export class MessageReadModel {
  constructor(@Inject(Database) private readonly database: Database) {}

  async list({ direction, status, phone, cursor, limit }: ListSmsMessagesRequest): Promise<SmsMessagePage> {
    const size = limit ?? DEFAULT_PAGE_SIZE;
    const parameters: unknown[] = [currentCaller().tenantId];
    const parameter = (value: unknown): string => `$${parameters.push(value)}`;
    const conditions = ['tenant_id = $1'];
    if (direction) conditions.push(`direction = ${parameter(direction)}`);
    if (status) conditions.push(`status = ${parameter(status)}`);
    if (phone) conditions.push(`phone_e164 = ${parameter(normalizePhone(phone) ?? phone)}`);
    if (cursor) {
      const { at, id } = readAfter(cursor);
      conditions.push(`(created_at, id) < (${parameter(at)}::timestamptz, ${parameter(id)}::uuid)`);
    }
    const rows = await this.database.tenant(() =>
      this.database.query<MessageRow>(
        `SELECT id, direction, from_number AS "from", to_number AS "to", body, provider,
           provider_message_id AS "providerMessageId", status, keyword, segments, error, created_at AS "createdAt"
         FROM messages WHERE ${conditions.join(' AND ')}
         ORDER BY created_at DESC, id DESC LIMIT ${parameter(size + 1)}`,
        parameters,
      ),
    );
    return toPage(rows, size, toSmsMessage, (row) => cursorOf(row.createdAt, row.id));
  }
}

const toSmsMessage = (row: MessageRow): SmsMessage => ({ ...row, createdAt: row.createdAt.toISOString() });
