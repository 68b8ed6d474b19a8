export * from './builders';
export * from './eventually';
export * from './frozen-clock';
export * from './quiet-logs';
export * from './servers';
export * from './test-database';
export * from './virtual-authenticator';
