import { CallsController } from './calls.controller';
import { IntegrationsController } from './integrations.controller';
import { InboundWebhooksController } from './journal.controller';
import { MessagesController } from './messages.controller';
import { PhoneNumbersController } from './numbers.controller';

export const TELEPHONY_CONTROLLERS = [
  CallsController,
  MessagesController,
  PhoneNumbersController,
  IntegrationsController,
  InboundWebhooksController,
];
