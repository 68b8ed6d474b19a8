export * from './access-token';
export * from './account';
export * from './demo';
export * from './jwks';
export * from './session';
export * from './settings';
export * from './tenant-events';
