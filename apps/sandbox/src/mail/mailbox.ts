import { randomUUID } from 'node:crypto';

export interface Mail {
  id: string;
  receivedAt: string;
  from: string;
  to: string[];
  cc: string[];
  bcc: string[];
  replyTo: string[];
  subject: string;
  html: string | null;
  text: string | null;
  headers: Record<string, string>;
  tags: Array<{ name: string; value: string }>;
  /** Names only. */
  attachments: string[];
  scheduledAt: string | null;
}

export type NewMail = Omit<Mail, 'id' | 'receivedAt'>;

/** Everything that was sent by mail, oldest first. */
export class Mailbox {
  private mails: Mail[] = [];
  /** Idempotency key to what was sent under it. */
  private readonly keys = new Map<string, { id: string; fingerprint: string }>();

  add(mail: NewMail): Mail {
    const kept = { id: randomUUID(), receivedAt: new Date().toISOString(), ...mail };
    this.mails.push(kept);
    return kept;
  }

  /** The same key with the same mail answers the first id again; with another mail it is a conflict. */
  addOnce(key: string, mail: NewMail): { id: string } | 'conflict' {
    const fingerprint = JSON.stringify(mail);
    const known = this.keys.get(key);
    if (known !== undefined) return known.fingerprint === fingerprint ? { id: known.id } : 'conflict';
    const { id } = this.add(mail);
    this.keys.set(key, { id, fingerprint });
    return { id };
  }

  find(id: string): Mail | undefined {
    return this.mails.find((mail) => mail.id === id);
  }

  list(to?: string): Mail[] {
    return to === undefined
      ? [...this.mails]
      : this.mails.filter((mail) => mail.to.some((address) => address.includes(to)));
  }

  remove(id: string): boolean {
    const before = this.mails.length;
    this.mails = this.mails.filter((mail) => mail.id !== id);
    return this.mails.length < before;
  }

  clear(): void {
    this.mails = [];
    this.keys.clear();
  }
}
