import { createHmac } from 'node:crypto';
import type { VapiHmacPlan } from '@parley/contracts';
import type { Credentials, WebhookRequest } from '../../edge/webhook';
import { sameText } from '../../edge/same-text';

/** Older or newer signatures are refused; Vapi names no tolerance. */
const TOLERANCE_MS = 5 * 60_000;

/** Which of Vapi's schemes vouches for the request. */
export function verifyVapi(request: WebhookRequest, credentials: Credentials): string | undefined {
  const { headers } = request;
  const plan: Plan = { ...DEFAULTS, ...credentials.hmac };
  for (const { webhookSecret } of credentials.secrets) {
    if (!webhookSecret) continue;
    if (verifyHmac(request, webhookSecret, plan, credentials.publicUrl)) return 'hmac';
    if (sameText(single(headers['x-vapi-secret']), webhookSecret)) return 'x-vapi-secret';
    if (sameText(headers.authorization, `Bearer ${webhookSecret}`)) return 'bearer';
  }
  return undefined;
}

type Plan = Required<Omit<VapiHmacPlan, 'messageIdHeader'>> & Pick<VapiHmacPlan, 'messageIdHeader'>;

const DEFAULTS: Plan = {
  algorithm: 'sha256',
  signatureHeader: 'x-signature',
  timestampHeader: 'x-timestamp',
  signaturePrefix: '',
  includeTimestamp: true,
  payloadFormat: '{timestamp}.{body}',
  signatureEncoding: 'hex',
  secretIsBase64: false,
};

function verifyHmac(request: WebhookRequest, secret: string, plan: Plan, publicUrl: string): boolean {
  const header = (name: string): string | undefined => single(request.headers[name.toLowerCase()]);
  const signature = header(plan.signatureHeader);
  if (signature === undefined) return false;
  const timestamp = header(plan.timestampHeader);
  const dated = plan.includeTimestamp && plan.payloadFormat.includes('{timestamp}');
  if (dated && !isRecent(timestamp)) return false;
  const values: Record<string, string | Buffer | undefined> = {
    '{body}': request.body,
    '{timestamp}': timestamp,
    '{method}': request.method,
    '{url}': publicUrl + request.path,
    '{svix-id}': header(plan.messageIdHeader ?? 'svix-id'),
  };
  const key = plan.secretIsBase64 ? Buffer.from(secret, 'base64') : secret;
  const hmac = createHmac(plan.algorithm, key);
  for (const part of plan.payloadFormat.split(/(\{[a-z-]+\})/))
    hmac.update(part in values ? (values[part] ?? '') : part);
  return sameText(signature, plan.signaturePrefix + hmac.digest(plan.signatureEncoding));
}

/** Seconds or milliseconds: Vapi does not say which, their size does. */
function isRecent(timestamp: string | undefined): boolean {
  if (timestamp === undefined || !/^\d{9,16}$/.test(timestamp)) return false;
  const value = Number(timestamp);
  const at = value < 100_000_000_000 ? value * 1000 : value;
  return Math.abs(Date.now() - at) <= TOLERANCE_MS;
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
