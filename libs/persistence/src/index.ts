export * from './base-columns';
export * from './data-source';
export * from './database';
export { KIT_MIGRATIONS } from './kit-migrations';
export * from './migrate';
export * from './naming-strategy';
export { createRetentionTable } from './retention-table';
export * from './row-security';
export * from './service-roles';
