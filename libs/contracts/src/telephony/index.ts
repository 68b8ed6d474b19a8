export * from './call-events';
export * from './calls';
export * from './message-events';
export * from './connections';
export * from './journal';
export * from './numbers';
export * from './stripe-events';
export * from './messages';
