/** Names whose values let their holder in, or drive a call: Vapi sends some of them in every message. */
const SECRET_NAME =
  /token|secret|password|passwd|authorization|api_?-?key|credential|controlurl|listenurl|presigned/i;
const HIDDEN = '[redacted]';
export const PREVIEW_LENGTH = 16_384;

export interface Preview {
  text: string;
  truncated: boolean;
}

/** The start of a body for a person's eyes. What cannot be parsed cannot be redacted, and is not shown. */
export function previewOf(body: Buffer, contentType: string): Preview {
  const text = contentType.includes('json') ? redactJson(body) : redactForm(body);
  return { text: text.slice(0, PREVIEW_LENGTH), truncated: text.length > PREVIEW_LENGTH };
}

function redactJson(body: Buffer): string {
  try {
    return JSON.stringify(JSON.parse(body.toString()), (name, value: unknown) =>
      SECRET_NAME.test(name) ? HIDDEN : value,
    );
  } catch {
    return `[${body.length} bytes that are not JSON]`;
  }
}

function redactForm(body: Buffer): string {
  const fields = new URLSearchParams(body.toString());
  for (const name of new Set(fields.keys())) if (SECRET_NAME.test(name)) fields.set(name, HIDDEN);
  return [...fields].map(([name, value]) => `${name}=${value}`).join('\n');
}
