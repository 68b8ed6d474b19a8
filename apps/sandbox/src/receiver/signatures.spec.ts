import { createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { n8nSignature, verifyN8n } from './n8n-signature';
import { verifyStandard } from './standard-signature';

const secret = 'a secret of the tenant';

describe('the n8n signature', () => {
  const event = {
    eventId: 'e1',
    eventType: 'call.call-ended',
    data: { transcript: 'Élise : à demain !', zero: 0 },
  };
  const signature = n8nSignature(secret, event);
  const body = JSON.stringify({ ...event, signature });

  it('covers the JSON without the signature, in the order sent', () => {
    const text =
      '{"eventId":"e1","eventType":"call.call-ended","data":{"transcript":"Élise : à demain !","zero":0}}';
    expect(signature).toBe(`sha256=${createHmac('sha256', secret).update(text).digest('hex')}`);
    expect(verifyN8n(secret, body, signature)).toBe(true);
  });

  it('fails on a changed body, another secret, and a header that is missing or different', () => {
    expect(verifyN8n(secret, body.replace('demain', 'jeudi'), signature)).toBe(false);
    expect(verifyN8n('another', body, signature)).toBe(false);
    expect(verifyN8n(secret, body, undefined)).toBe(false);
    expect(verifyN8n(secret, body, `sha256=${'0'.repeat(64)}`)).toBe(false);
    expect(verifyN8n(secret, JSON.stringify(event), signature)).toBe(false);
    expect(verifyN8n(secret, 'not JSON', signature)).toBe(false);
  });
});

describe('the Standard Webhooks signature', () => {
  const webhook = new Webhook(secret, { format: 'raw' });
  const body = '{"type":"note.updated","data":{"title":"Zoë – 東京"}}';

  function headersAt(at: Date): Record<string, string> {
    return {
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': webhook.sign('msg_1', at, body),
    };
  }

  it('holds for the bytes sent and nothing else', () => {
    const headers = headersAt(new Date());
    expect(verifyStandard(secret, body, headers)).toBe(true);
    expect(verifyStandard(secret, `${body} `, headers)).toBe(false);
    expect(verifyStandard('another', body, headers)).toBe(false);
    expect(verifyStandard(secret, body, {})).toBe(false);
  });

  it('does not hold after five minutes', () => {
    expect(verifyStandard(secret, body, headersAt(new Date(Date.now() - 302_000)))).toBe(false);
  });
});
