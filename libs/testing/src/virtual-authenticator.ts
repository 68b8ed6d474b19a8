import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isoCBOR } from '@simplewebauthn/server/helpers';

interface Credential {
  id: Buffer;
  key: KeyObject;
  /** COSE, as the relying party gets it. */
  publicKey: Uint8Array;
  userHandle: string;
  counter: number;
}

interface AuthenticatorSettings {
  /** The page that asks; browsers put it into what is signed. */
  origin: string;
  /** The domain the credential is for; that of the page unless a test lies. */
  rpId?: string;
  /** False as if nobody touched the sensor. */
  userVerified?: boolean;
  /** False for authenticators that do not count their signatures. */
  counts?: boolean;
}

const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;
const ATTESTED = 0x40;

const sha256 = (data: string | Buffer): Buffer => createHash('sha256').update(data).digest();

/** A browser with an authenticator behind it: real ES256 keys, real CBOR, real signatures. */
export class VirtualAuthenticator {
  private constructor(
    private readonly settings: AuthenticatorSettings,
    private readonly credentials: Credential[],
  ) {}

  static at(origin: string, settings: Partial<AuthenticatorSettings> = {}): VirtualAuthenticator {
    return new VirtualAuthenticator({ origin, ...settings }, []);
  }

  /** The same keys and counters in other hands, or asked by another page. */
  copy(settings: Partial<AuthenticatorSettings> = {}): VirtualAuthenticator {
    const credentials = this.credentials.map((credential) => ({ ...credential }));
    return new VirtualAuthenticator({ ...this.settings, ...settings }, credentials);
  }

  /** `navigator.credentials.create()` and `toJSON()`. */
  create(options: Record<string, unknown>) {
    const { challenge, user } = options as { challenge: string; user: { id: string } };
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
    const cose = new Map<number, number | Uint8Array>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, Uint8Array.from(Buffer.from(x, 'base64url'))],
      [-3, Uint8Array.from(Buffer.from(y, 'base64url'))],
    ]);
    const credential: Credential = {
      id: randomBytes(32),
      key: privateKey,
      publicKey: isoCBOR.encode(cose),
      userHandle: user.id,
      counter: 0,
    };
    this.credentials.push(credential);
    const attestation = new Map<string, string | Uint8Array | Map<string, string>>([
      ['fmt', 'none'],
      ['attStmt', new Map<string, string>()],
      ['authData', Uint8Array.from(this.authenticatorData(credential, true))],
    ]);
    return {
      ...identityOf(credential),
      response: {
        clientDataJSON: this.clientData('webauthn.create', challenge).toString('base64url'),
        attestationObject: Buffer.from(isoCBOR.encode(attestation)).toString('base64url'),
        transports: ['internal'],
      },
    };
  }

  /** `navigator.credentials.get()` and `toJSON()`. */
  get(options: Record<string, unknown>) {
    const { challenge, allowCredentials = [] } = options as {
      challenge: string;
      allowCredentials?: { id: string }[];
    };
    const allowed = new Set(allowCredentials.map(({ id }) => id));
    const credential = this.credentials.find(
      ({ id }) => allowed.size === 0 || allowed.has(id.toString('base64url')),
    );
    if (!credential) throw new Error('This authenticator has no credential for these options');
    if (this.settings.counts !== false) credential.counter += 1;
    const data = this.authenticatorData(credential, false);
    const clientData = this.clientData('webauthn.get', challenge);
    const signature = sign('sha256', Buffer.concat([data, sha256(clientData)]), credential.key);
    return {
      ...identityOf(credential),
      response: {
        clientDataJSON: clientData.toString('base64url'),
        authenticatorData: data.toString('base64url'),
        signature: signature.toString('base64url'),
        userHandle: credential.userHandle,
      },
    };
  }

  private clientData(type: string, challenge: string): Buffer {
    return Buffer.from(JSON.stringify({ type, challenge, origin: this.settings.origin, crossOrigin: false }));
  }

  private authenticatorData({ id, publicKey, counter }: Credential, attested: boolean): Buffer {
    const { origin, rpId = new URL(origin).hostname, userVerified = true } = this.settings;
    const flags = USER_PRESENT | (userVerified ? USER_VERIFIED : 0) | (attested ? ATTESTED : 0);
    const head = Buffer.concat([sha256(rpId), Buffer.of(flags), uint32(counter)]);
    if (!attested) return head;
    const aaguid = Buffer.alloc(16);
    return Buffer.concat([head, aaguid, uint16(id.length), id, publicKey]);
  }
}

const identityOf = ({ id }: Credential) => ({
  id: id.toString('base64url'),
  rawId: id.toString('base64url'),
  type: 'public-key' as const,
  authenticatorAttachment: 'platform',
  clientExtensionResults: {},
});

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
