export * from './base-columns';
export * from './data-source';
export * from './database';
export * from './migrate';
export * from './naming-strategy';
export * from './row-security';
export * from './service-roles';
