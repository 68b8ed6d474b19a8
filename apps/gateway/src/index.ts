export { describeApi } from './edge/openapi';
export { defineGateway, gateway, type Mount } from './service';
