import { Controller, Inject } from '@nestjs/common';
import { type EmailRequestedV1, emailRequestedV1, type EventMeta } from '@parley/contracts';
import { OnEvent } from '@parley/messaging';
import { EmailService } from './email.service';

@Controller()
export class EmailRequestsConsumer {
  constructor(@Inject(EmailService) private readonly emails: EmailService) {}

  @OnEvent(emailRequestedV1)
  async onEmailRequested(request: EmailRequestedV1, meta: EventMeta): Promise<void> {
    await this.emails.queue(request, meta.tenantId);
  }
}
