export * from './conversation-live';
export * from './conversation-messages';
export * from './conversations';
export * from './personas';
export * from './usage-events';
