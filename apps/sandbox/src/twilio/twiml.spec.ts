import { twimlFault } from './twiml';

const xml = (body: string): { status: number; contentType: string; body: string } => ({
  status: 200,
  contentType: 'text/xml; charset=utf-8',
  body,
});

describe('an answer to Twilio', () => {
  it.each([
    '<Response/>',
    '<?xml version="1.0" encoding="UTF-8"?><Response><Say language="fr-CA">Bonjour &amp; merci</Say><Hangup/></Response>',
    "<Response><!-- why --><Connect><Stream url='wss://host/media?a=1&amp;b=2'/></Connect></Response>",
  ])('runs when it is TwiML: %s', (body) => {
    expect(twimlFault(xml(body))).toBeUndefined();
  });

  it.each([
    ['', 'no <Response>'],
    ['{"ok":true}', 'no <Response>'],
    ['<html></html>', 'the root is <html>'],
    ['<Response><Say>Bonjour</Response>', '</Response> closes nothing'],
    ['<Response><Say>', '<Say> is not closed'],
    ['<Response/><Response/>', '<Response> stands beside <Response>'],
    ['<Response><Say>1 < 2</Say></Response>', 'not well-formed'],
  ])('does not run when it is %s', (body, fault) => {
    expect(twimlFault(xml(body))).toBe(fault);
  });

  it('does not run without an XML content type or with an error status', () => {
    expect(twimlFault({ ...xml('<Response/>'), contentType: 'application/json' })).toContain('not XML');
    expect(twimlFault({ ...xml('<Response/>'), status: 500 })).toBe('HTTP 500');
    expect(twimlFault({ status: null, contentType: '', body: '' })).toBe('no answer');
  });
});
