export { describeApi } from './openapi/describe-api';
export { defineGateway, gateway, gatewayWithoutData, type Mount } from './service';
