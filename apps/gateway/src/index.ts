export { describeApi } from './openapi/openapi';
export { defineGateway, gateway, gatewayWithoutData, type Mount } from './service';
