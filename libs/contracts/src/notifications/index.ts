export * from './delivery-events';
