import { Inject, Injectable, Logger } from '@nestjs/common';
import type { PasskeyAssertion, PasskeyAttestation } from '@parley/contracts';
import { CONFIG } from '@parley/platform';
import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import type { User } from '../account/user.repository';
import type { IdentityConfig } from '../config';

const LOCAL_APP = 'http://localhost:5173';
const NAME = 'Parley';
const TIMEOUT_MS = 5 * 60_000;

/** EdDSA, ES256, RS256. The library would add ML-DSA where Node has it, which is experimental. */
const ALGORITHMS = [-8, -7, -257];

/** What browsers may be told again; nothing else is worth keeping. */
const TRANSPORTS = ['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb'];

export interface KnownCredential {
  credentialId: string;
  transports: string[];
}

/** What a passkey proved to be when it was made. */
export interface MadePasskey extends KnownCredential {
  publicKey: Buffer;
  signCount: number;
  synced: boolean;
}

export interface Ceremony {
  challenge: string;
  options: Record<string, unknown>;
}

/** Where passkeys are good: the domain they are bound to, and the pages that may ask for them. */
export function relyingPartyOf(
  config: Pick<IdentityConfig, 'APP_URL' | 'WEBAUTHN_RP_ID' | 'WEBAUTHN_ORIGINS'>,
): { id: string; origins: string[] } {
  const app = new URL(config.APP_URL ?? LOCAL_APP);
  const { WEBAUTHN_RP_ID: id = app.hostname, WEBAUTHN_ORIGINS: origins } = config;
  return { id, origins: origins.length > 0 ? origins : [app.origin] };
}

/** The relying party of WebAuthn. Always with user verification, so that a passkey alone is two factors. */
@Injectable()
export class RelyingParty {
  private readonly logger = new Logger(RelyingParty.name);
  private readonly party: { id: string; origins: string[] };

  constructor(@Inject(CONFIG) config: IdentityConfig) {
    this.party = relyingPartyOf(config);
  }

  async registration(user: User, known: readonly KnownCredential[]): Promise<Ceremony> {
    const options = await generateRegistrationOptions({
      rpName: NAME,
      rpID: this.party.id,
      userID: Uint8Array.from(Buffer.from(handleOf(user.id))),
      userName: user.email,
      userDisplayName: user.name,
      timeout: TIMEOUT_MS,
      attestationType: 'none',
      supportedAlgorithmIDs: ALGORITHMS,
      excludeCredentials: known.map(describe),
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    });
    return { challenge: options.challenge, options: { ...options } };
  }

  /** @param known left out where the person is not known yet: the browser asks them */
  async authentication(known?: readonly KnownCredential[]): Promise<Ceremony> {
    const options = await generateAuthenticationOptions({
      rpID: this.party.id,
      timeout: TIMEOUT_MS,
      userVerification: 'required',
      ...(known ? { allowCredentials: known.map(describe) } : {}),
    });
    return { challenge: options.challenge, options: { ...options } };
  }

  /** Nothing when the answer is not one to this challenge from one of our pages. */
  async readAttestation(passkey: PasskeyAttestation, challenge: string): Promise<MadePasskey | undefined> {
    const result = await this.attempt(() =>
      verifyRegistrationResponse({
        response: passkey as RegistrationResponseJSON,
        expectedChallenge: challenge,
        expectedOrigin: this.party.origins,
        expectedRPID: this.party.id,
        supportedAlgorithmIDs: ALGORITHMS,
        requireUserVerification: true,
      }),
    );
    if (!result?.verified) return undefined;
    const { credential, credentialDeviceType } = result.registrationInfo;
    return {
      credentialId: credential.id,
      publicKey: Buffer.from(credential.publicKey),
      signCount: credential.counter,
      transports: (passkey.response.transports ?? []).filter((name) => TRANSPORTS.includes(name)),
      synced: credentialDeviceType === 'multiDevice',
    };
  }

  /**
   * The authenticator's counter, or nothing when the assertion is not one of this key for this challenge from one of
   * our pages. The library would compare counters before it checks the signature; we compare after, so that nobody
   * without the key can make a passkey look cloned.
   */
  async readAssertion(
    passkey: PasskeyAssertion,
    publicKey: Buffer,
    challenge: string,
  ): Promise<number | undefined> {
    const result = await this.attempt(() =>
      verifyAuthenticationResponse({
        response: passkey as AuthenticationResponseJSON,
        expectedChallenge: challenge,
        expectedOrigin: this.party.origins,
        expectedRPID: this.party.id,
        credential: { id: passkey.id, publicKey: Uint8Array.from(publicKey), counter: 0 },
        requireUserVerification: true,
      }),
    );
    return result?.verified ? result.authenticationInfo.newCounter : undefined;
  }

  /** The library says by throwing why an answer is not good; that is for operators, not for who sent it. */
  private async attempt<T>(verify: () => Promise<T>): Promise<T | undefined> {
    try {
      return await verify();
    } catch (error) {
      this.logger.debug({ err: error }, 'passkey refused');
      return undefined;
    }
  }
}

/** What a passkey keeps to say whose it is: the id without dashes, which tells nobody anything. */
export const handleOf = (userId: string): string => userId.replaceAll('-', '');

type Transports = { id: string; transports?: string[] };

const describe = ({ credentialId, transports }: KnownCredential): Transports => ({
  id: credentialId,
  ...(transports.length > 0 ? { transports } : {}),
});
