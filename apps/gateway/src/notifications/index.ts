import { WebhookDeliveriesController } from './webhook-deliveries.controller';
import { WebhookEndpointsController } from './webhook-endpoints.controller';

export const NOTIFICATIONS_CONTROLLERS = [WebhookDeliveriesController, WebhookEndpointsController];
