import { Inject, Injectable } from '@nestjs/common';
import { emailRequestedV1, type EmailTemplate } from '@parley/contracts';
import { Outbox } from '@parley/messaging';
import { CONFIG } from '@parley/platform';
import { UserRepository } from '../account/user.repository';
import type { IdentityConfig } from '../config';
import { appAddress } from '../verification/mail-links';
import type { PrivacyRequest } from './privacy-request';
import type { Contact } from './requester-contacts';

const MINUTE_MS = 60_000;

/** Mails about privacy requests, in the open transaction. */
@Injectable()
export class PrivacyNews {
  private readonly app: string;

  constructor(
    @Inject(CONFIG) config: IdentityConfig,
    @Inject(Outbox) private readonly outbox: Outbox,
    @Inject(UserRepository) private readonly users: UserRepository,
  ) {
    this.app = appAddress(config);
  }

  /** Only its owner can ask; a mail tells them in case it was somebody else at their screen. */
  async erasureAsked(request: PrivacyRequest, tenantName: string): Promise<void> {
    const { id, userId, tenantId, requestedAt, executeAt } = request;
    const owner = await this.users.find(userId);
    if (!owner) return;
    const { email: to, name, locale } = owner;
    const validMinutes = Math.round((executeAt.getTime() - requestedAt.getTime()) / MINUTE_MS);
    await this.outbox.add(
      emailRequestedV1,
      {
        userId,
        template: 'erasure_asked',
        to,
        name,
        locale,
        tenantName,
        link: this.pageOf(id),
        ...(validMinutes > 0 ? { validMinutes } : {}),
      },
      { subject: userId, tenantId },
    );
  }

  refused(request: PrivacyRequest, contact: Contact): Promise<void> {
    return this.tell(request, contact, 'privacy_refused', this.pageOf(request.id));
  }

  exportReady(request: PrivacyRequest, contact: Contact): Promise<void> {
    return this.tell(request, contact, 'export_ready', this.pageOf(request.id));
  }

  erasureDone(request: PrivacyRequest, contact: Contact, token: string): Promise<void> {
    return this.tell(request, contact, 'erasure_done', `${this.app}/privacy/certificate?token=${token}`);
  }

  private pageOf(requestId: string): string {
    return `${this.app}/privacy/requests/${requestId}`;
  }

  /** Without a tenant: the tenant's own events may have an end already. */
  private async tell(
    { userId }: PrivacyRequest,
    { email, name, locale }: Contact,
    template: EmailTemplate,
    link: string,
  ): Promise<void> {
    await this.outbox.add(
      emailRequestedV1,
      { userId, template, to: email, name, locale, link },
      { subject: userId },
    );
  }
}
