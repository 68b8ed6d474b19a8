import type { NotificationsConfig } from '../config';

type Settings = Pick<NotificationsConfig, 'NODE_ENV' | 'OPS_SLACK_WEBHOOK_URL' | 'OPS_EMAIL' | 'SANDBOX_URL'>;

/** Where alerts go at Slack; in development, when nobody named a place, to the sandbox. */
export function slackEndpoint({
  NODE_ENV,
  OPS_SLACK_WEBHOOK_URL,
  OPS_EMAIL,
  SANDBOX_URL,
}: Settings): string | undefined {
  if (OPS_SLACK_WEBHOOK_URL) return OPS_SLACK_WEBHOOK_URL;
  if (NODE_ENV === 'production' || OPS_EMAIL || !SANDBOX_URL) return undefined;
  return `${SANDBOX_URL.replace(/\/+$/, '')}/slack/services/ops`;
}
