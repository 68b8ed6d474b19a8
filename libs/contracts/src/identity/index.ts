export * from './tenant-events';
