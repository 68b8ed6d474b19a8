export * from './delivery-events';
export * from './endpoint-events';
export * from './webhook-deliveries';
export * from './webhook-delivery-status';
export * from './webhook-endpoints';
