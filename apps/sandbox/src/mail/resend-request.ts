import type { NewMail } from './mailbox';

export interface ResendRefusal {
  statusCode: number;
  name: string;
  message: string;
}

const RECIPIENTS_LIMIT = 50;
const ADDRESS = /^(?:[^<>]*<)?[^\s<>@]+@[^\s<>@]+\.?[^\s<>@]*>?$/;

/** A wire body (snake_case) as a mail, or why Resend would not take it. */
export function mailFrom(body: unknown): NewMail | ResendRefusal {
  const sent = isObject(body) ? body : {};
  for (const field of ['from', 'to', 'subject']) {
    if (sent[field] === undefined || sent[field] === '')
      return refusal(422, 'missing_required_field', `Missing \`${field}\` field.`);
  }
  if (!['html', 'text', 'template'].some((field) => sent[field])) {
    return refusal(422, 'missing_required_field', 'Missing `html` or `text` field.');
  }
  const mail = {
    from: String(sent['from']),
    to: addresses(sent['to']),
    cc: addresses(sent['cc']),
    bcc: addresses(sent['bcc']),
    replyTo: addresses(sent['reply_to']),
    subject: String(sent['subject']),
    html: textOrNull(sent['html']),
    text: textOrNull(sent['text']),
    headers: isObject(sent['headers']) ? (sent['headers'] as Record<string, string>) : {},
    tags: Array.isArray(sent['tags']) ? sent['tags'] : [],
    attachments: Array.isArray(sent['attachments']) ? sent['attachments'].map(fileName) : [],
    scheduledAt: textOrNull(sent['scheduled_at']),
  };
  if (!ADDRESS.test(mail.from)) return refusal(422, 'invalid_from_address', 'Invalid `from` field.');
  const recipients = [...mail.to, ...mail.cc, ...mail.bcc];
  if (recipients.some((address) => !ADDRESS.test(address)))
    return refusal(422, 'validation_error', 'Invalid `to` field.');
  if (mail.to.length > RECIPIENTS_LIMIT)
    return refusal(422, 'validation_error', 'Too many recipients in `to`.');
  return mail;
}

export function refusal(statusCode: number, name: string, message: string): ResendRefusal {
  return { statusCode, name, message };
}

function addresses(value: unknown): string[] {
  if (value === undefined || value === null) return [];
  return (Array.isArray(value) ? value : [value]).map(String);
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function fileName(attachment: unknown): string {
  return isObject(attachment) ? String(attachment['filename'] ?? 'attachment') : 'attachment';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
