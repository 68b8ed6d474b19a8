export * from './call-events';
export * from './message-events';
