export * from './file-store';
export { isFileKey } from './file-key';
export { type FileSettings, openFileStore } from './open-file-store';
