export * from './credit-events';
