import { Injectable } from '@nestjs/common';
import { checkHeaders } from './custom-headers';
import type { EndpointChanges, EndpointRow } from './endpoint.repository';
import { SecretBox } from '@parley/platform';

/** How long the secret before also signs, so that receivers can change over in peace. */
const OVERLAP_MS = 24 * 3_600_000;

/** The columns of an endpoint that only we may read. */
@Injectable()
export class EndpointSeals {
  constructor(private readonly box: SecretBox) {}

  seal(endpointId: string, text: string): Buffer {
    return this.box.seal(text, endpointId);
  }

  replaceSecret({ id, secretEnc }: EndpointRow, secret: string): EndpointChanges {
    return {
      secret_enc: this.seal(id, secret),
      prev_secret_enc: secretEnc,
      prev_secret_until: secretEnc ? new Date(Date.now() + OVERLAP_MS) : null,
    };
  }

  /** @throws EndpointFieldInvalid naming a faulty header */
  headers(endpointId: string, headers: Readonly<Record<string, unknown>>): EndpointChanges {
    const checked = checkHeaders(headers);
    const names = Object.keys(checked);
    return {
      headers_enc: names.length > 0 ? this.seal(endpointId, JSON.stringify(checked)) : null,
      header_names: names,
    };
  }
}
