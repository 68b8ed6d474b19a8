export { describeApi } from './edge/openapi';
export { defineGateway, gateway, gatewayWithoutData, type Mount } from './service';
