import { createHash, createHmac } from 'node:crypto';

export interface SigningFacts {
  endpoint: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** Path below the endpoint, each part encoded already. */
  path: string;
  forSeconds: number;
  at: Date;
  /** Further query parameters that are signed too. */
  query?: Record<string, string>;
}

/** A download link of S3 (Signature Version 4 in the query): the presigner of the SDK is a package of its own. */
export function signedUrl(facts: SigningFacts): string {
  const { endpoint, region, accessKeyId, secretAccessKey, path, forSeconds, at, query = {} } = facts;
  const { origin, host } = new URL(endpoint);
  const stamp = at.toISOString().replace(/[-:]|\.\d+/g, '');
  const day = stamp.slice(0, 8);
  const scope = `${day}/${region}/s3/aws4_request`;
  const signed = canonicalQuery({
    ...query,
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Content-Sha256': 'UNSIGNED-PAYLOAD',
    'X-Amz-Credential': `${accessKeyId}/${scope}`,
    'X-Amz-Date': stamp,
    'X-Amz-Expires': String(forSeconds),
    'X-Amz-SignedHeaders': 'host',
  });
  const request = ['GET', path, signed, `host:${host}\n`, 'host', 'UNSIGNED-PAYLOAD'].join('\n');
  const digest = createHash('sha256').update(request).digest('hex');
  const key = [day, region, 's3', 'aws4_request'].reduce<Buffer>(hmac, Buffer.from(`AWS4${secretAccessKey}`));
  const signature = hmac(key, ['AWS4-HMAC-SHA256', stamp, scope, digest].join('\n')).toString('hex');
  return `${origin}${path}?${signed}&X-Amz-Signature=${signature}`;
}

const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

const canonicalQuery = (query: Record<string, string>): string =>
  Object.entries(query)
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&');
