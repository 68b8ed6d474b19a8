import {
  getExpectedTwilioSignature,
  validateRequest,
  validateRequestWithBody,
} from 'twilio/lib/webhooks/webhooks';
import type { Credentials, WebhookRequest } from '../../edge/webhook';
import { sameText } from '../../edge/same-text';
import { isJson, type TwilioForm } from './form';

/** The signature covers the address as Twilio knows it, so it is built from our public one, never from `Host`. */
export function verifyTwilio(request: WebhookRequest, form: TwilioForm, credentials: Credentials): boolean {
  const signature = request.headers['x-twilio-signature'];
  if (typeof signature !== 'string' || signature === '') return false;
  const url = credentials.publicUrl + request.path;
  return credentials.secrets.some(({ authToken }) => {
    if (!authToken) return false;
    if (coversBody(request)) {
      return validateRequestWithBody(authToken, signature, url, request.body.toString());
    }
    // Nearly always the address is signed as it stands; the SDK tries five ways of writing it, beginning with others.
    if (sameText(signature, getExpectedTwilioSignature(authToken, url, form))) return true;
    return validateRequest(authToken, signature, url, form);
  });
}

/** Twilio signs JSON by its hash in the query. A form without that hash is signed by its parameters. */
function coversBody(request: WebhookRequest): boolean {
  return isJson(request) || request.path.includes('bodySHA256=');
}
