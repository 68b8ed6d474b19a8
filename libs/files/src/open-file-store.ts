import type { FileStore } from './file-store';
import { LocalFileStore } from './local.store';
import { S3FileStore } from './s3.store';

/** Settings of services (`fileShape` in @parley/platform). */
export interface FileSettings {
  FILES_DIR: string;
  FILES_S3_BUCKET?: string | undefined;
  FILES_S3_ENDPOINT?: string | undefined;
  /** Under which callers reach the store; without one there are no links, and downloads go through us. */
  FILES_S3_PUBLIC_ENDPOINT?: string | undefined;
  FILES_S3_REGION: string;
  FILES_S3_ACCESS_KEY_ID?: string | undefined;
  FILES_S3_SECRET_ACCESS_KEY?: string | undefined;
  FILES_S3_TIMEOUT_MS: number;
}

/**
 * The S3 store when a bucket is named, else the local folder.
 * @throws Error naming the settings that are missing
 */
export function openFileStore(settings: FileSettings): FileStore {
  const { FILES_S3_BUCKET: bucket, FILES_S3_ACCESS_KEY_ID: accessKeyId } = settings;
  const { FILES_S3_SECRET_ACCESS_KEY: secretAccessKey } = settings;
  if (!bucket) return new LocalFileStore(settings.FILES_DIR);
  if (!accessKeyId || !secretAccessKey)
    throw new Error('FILES_S3_BUCKET needs FILES_S3_ACCESS_KEY_ID and FILES_S3_SECRET_ACCESS_KEY');
  return new S3FileStore({
    bucket,
    accessKeyId,
    secretAccessKey,
    endpoint: settings.FILES_S3_ENDPOINT,
    publicEndpoint: settings.FILES_S3_PUBLIC_ENDPOINT,
    region: settings.FILES_S3_REGION,
    timeoutMs: settings.FILES_S3_TIMEOUT_MS,
  });
}
