export * from './config';
export * from './error-filters';
export * from './health';
export * from './http-app';
export * from './logging';
export * from './node-version';
export * from './run-service';
export { CONFIG, defineService, type ServiceSpec, type AnyServiceSpec, TRANSPORT } from './service';
export * from './start-service';
