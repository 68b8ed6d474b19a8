import { Uuid } from '@parley/contracts';
import type { JobDefinition } from '@parley/messaging';

class SendEmail {
  @Uuid() emailId: string;
}

export const sendEmail: JobDefinition<SendEmail> = { name: 'emails.send', payload: SendEmail };
