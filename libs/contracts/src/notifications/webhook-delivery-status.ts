/** `failed`: the last attempt failed and another is due. `dead`: given up; a person may retry it. */
export const DELIVERY_STATUSES = ['pending', 'delivering', 'delivered', 'failed', 'dead'] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];
