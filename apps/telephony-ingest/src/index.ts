export { telephonyIngest } from './service';
export { WebhookDoor } from './edge/webhook-door';
export { mountWebhooks } from './edge/webhook-routes';
export { PROVIDER_PATHS } from './edge/webhook-paths';
