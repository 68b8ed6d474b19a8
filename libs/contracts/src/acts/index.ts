export * from './act-events';
export * from './audited-act';
