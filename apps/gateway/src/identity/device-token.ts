import type { LoginRequest } from '@parley/contracts';

/** For clients whose request bodies are not theirs to choose: old dialects, and those of Supabase. */
export const DEVICE_TOKEN = 'x-device-token';

const TOKEN = /^[\w-]{1,64}$/;

/** The request with the device that its header names, unless its body names one. */
export function fromDevice<Request extends object>(
  body: Request & Pick<LoginRequest, 'deviceToken'>,
  header: string | undefined,
): Request & Pick<LoginRequest, 'deviceToken'> {
  return body.deviceToken === undefined && header && TOKEN.test(header)
    ? { ...body, deviceToken: header }
    : body;
}
