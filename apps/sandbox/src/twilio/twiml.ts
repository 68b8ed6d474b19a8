const TAG =
  /<\?[^>]*\?>|<!--[\s\S]*?-->|<(\/?)([A-Za-z][\w.-]*)(?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*\s*(\/?)>/g;

/** What is wrong with an answer to a voice or SMS request; undefined when Twilio could run it. */
export function twimlFault(answer: {
  status: number | null;
  contentType: string;
  body: string;
}): string | undefined {
  if (answer.status === null) return 'no answer';
  if (answer.status < 200 || answer.status > 299) return `HTTP ${answer.status}`;
  if (!/\bxml\b/.test(answer.contentType)) return `content type "${answer.contentType}" is not XML`;
  return markupFault(answer.body);
}

/** Tags balance, nothing but text stands between them, and the root is `<Response>`. */
function markupFault(xml: string): string | undefined {
  const open: string[] = [];
  let root: string | undefined;
  for (const [, closing, name, selfClosing] of xml.matchAll(TAG)) {
    if (name === undefined) continue;
    if (closing === '/') {
      if (open.pop() !== name) return `</${name}> closes nothing`;
      continue;
    }
    if (open.length === 0 && root !== undefined) return `<${name}> stands beside <${root}>`;
    root ??= name;
    if (selfClosing !== '/') open.push(name);
  }
  if (root !== 'Response') return root === undefined ? 'no <Response>' : `the root is <${root}>`;
  if (open.length > 0) return `<${open.at(-1)}> is not closed`;
  return /[<>]/.test(xml.replace(TAG, '')) ? 'not well-formed' : undefined;
}

export function rejects(twiml: string): boolean {
  return /<Reject[\s/>]/.test(twiml);
}
