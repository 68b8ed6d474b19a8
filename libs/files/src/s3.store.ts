import { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import { checkedKey } from './file-key';
import { type FileBody, FileNotFound, FileStore } from './file-store';
import { signedUrl } from './signed-url';

export interface S3Settings {
  /** Left out: Amazon's own in the region. */
  endpoint?: string | undefined;
  /** Where others download from; none: no links. */
  publicEndpoint?: string | undefined;
  region: string;
  bucket: string;
  accessKeyId: string;
  secretAccessKey: string;
  timeoutMs: number;
}

type Sdk = typeof import('@aws-sdk/client-s3');

/** Any store that speaks S3. The SDK is loaded with the first file: it takes 20 MB that most processes never need. */
export class S3FileStore extends FileStore {
  private loaded: Promise<{ sdk: Sdk; client: S3Client }> | undefined;

  constructor(private readonly settings: S3Settings) {
    super();
  }

  async put(key: string, body: FileBody, contentType: string): Promise<void> {
    const { sdk, client } = await this.open();
    const [Body, ContentLength] = Buffer.isBuffer(body) ? [body, body.length] : [body.stream, body.size];
    await client.send(
      new sdk.PutObjectCommand({ ...this.at(key), Body, ContentLength, ContentType: contentType }),
    );
  }

  async get(key: string): Promise<Readable> {
    const { sdk, client } = await this.open();
    try {
      const { Body } = await client.send(new sdk.GetObjectCommand(this.at(key)));
      if (!(Body instanceof Readable)) throw new Error('The object store answered without a body');
      return Body;
    } catch (error) {
      throw error instanceof sdk.NoSuchKey ? new FileNotFound() : error;
    }
  }

  async delete(key: string): Promise<void> {
    const { sdk, client } = await this.open();
    await client.send(new sdk.DeleteObjectCommand(this.at(key)));
  }

  /** One page after another: what is deleted is not listed again. */
  async deletePrefix(prefix: string): Promise<number> {
    const { sdk, client } = await this.open();
    const { bucket: Bucket } = this.settings;
    const Prefix = `${checkedKey(prefix)}/`;
    for (let removed = 0; ;) {
      const { Contents = [] } = await client.send(new sdk.ListObjectsV2Command({ Bucket, Prefix }));
      if (Contents.length === 0) return removed;
      for (const { Key } of Contents) {
        await client.send(new sdk.DeleteObjectCommand({ Bucket, Key }));
        removed += 1;
      }
    }
  }

  signedDownload(key: string, forSeconds: number, fileName: string): string | undefined {
    const { bucket, region, accessKeyId, secretAccessKey, publicEndpoint: endpoint } = this.settings;
    if (!endpoint) return undefined;
    const base = new URL(endpoint).pathname.replace(/\/+$/, '');
    return signedUrl({
      endpoint,
      region,
      accessKeyId,
      secretAccessKey,
      path: `${base}/${bucket}/${checkedKey(key)}`,
      forSeconds,
      at: new Date(),
      query: { 'response-content-disposition': `attachment; filename="${fileName}"` },
    });
  }

  async close(): Promise<void> {
    const opened = await this.loaded?.catch(() => undefined);
    opened?.client.destroy();
  }

  private at(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.settings.bucket, Key: checkedKey(key) };
  }

  private open(): Promise<{ sdk: Sdk; client: S3Client }> {
    this.loaded ??= this.load();
    return this.loaded;
  }

  private async load(): Promise<{ sdk: Sdk; client: S3Client }> {
    const { endpoint, region, accessKeyId, secretAccessKey, timeoutMs } = this.settings;
    const sdk = await import('@aws-sdk/client-s3');
    const client = new sdk.S3Client({
      region,
      ...(endpoint ? { endpoint } : {}),
      forcePathStyle: true,
      credentials: { accessKeyId, secretAccessKey },
      requestHandler: { connectionTimeout: timeoutMs, requestTimeout: timeoutMs },
      // Trailing checksums are not understood by every store that speaks S3.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    });
    return { sdk, client };
  }
}
