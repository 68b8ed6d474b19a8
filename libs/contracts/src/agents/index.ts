export * from './usage-events';
