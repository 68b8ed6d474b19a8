import { signedVapiHeaders } from './vapi-auth';

const secret = 'vapi_hmac_secret_test_0123';
const body =
  '{"message":{"type":"status-update","status":"in-progress","timestamp":1772550245123,"call":{"id":"00000000-0000-4000-8000-000000000001"},"customer":{"name":"Élise Bélanger","number":"+15555550123"}}}';
const at = new Date(1772550245123);

describe('Vapi webhook authentication', () => {
  it('signs timestamp and body as in the published vector', () => {
    expect(signedVapiHeaders(body, { mode: 'hmac', secret }, at)).toMatchObject({
      'x-timestamp': '1772550245123',
      'x-signature': '5391984a3b321a41888282667c28e8032cf426ed2823729d138e3e36723d93ec',
    });
  });

  it('signs the body alone in the generic mode of design 002', () => {
    expect(signedVapiHeaders(body, { mode: 'generic', secret }, at)).toMatchObject({
      'x-webhook-signature': 'sha256=041c01ee03ad0d025be788a133ed27bd912749de9ae516b67618475d2a05e45e',
    });
  });

  it('carries the secret itself in the other two modes', () => {
    expect(signedVapiHeaders(body, { mode: 'secret', secret })).toMatchObject({ 'x-vapi-secret': secret });
    expect(signedVapiHeaders(body, { mode: 'bearer', secret })).toMatchObject({
      authorization: `Bearer ${secret}`,
    });
  });
});
