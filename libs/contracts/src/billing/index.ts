export * from './billed-minutes';
export * from './credit-events';
export * from './credits';
export * from './ledger';
export * from './entitlement-events';
