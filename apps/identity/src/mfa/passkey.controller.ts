import { Controller, Inject } from '@nestjs/common';
import {
  type AddedPasskey,
  addPasskey,
  AddPasskeyRequest,
  listPasskeys,
  Nothing,
  type Passkey,
  PasskeyIdRequest,
  type PasskeyList,
  type PasskeyOptionsResponse,
  passkeyRegistrationOptions,
  passkeySignInOptions,
  PasskeySignInRequest,
  removePasskey,
  renamePasskey,
  RenamePasskeyRequest,
  type SessionResponse,
  signInWithPasskey,
} from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { PasskeyService } from './passkey.service';
import { PasswordlessSignIn } from './passwordless.service';

@Controller()
export class PasskeyController {
  constructor(
    @Inject(PasskeyService) private readonly passkeys: PasskeyService,
    @Inject(PasswordlessSignIn) private readonly signIn: PasswordlessSignIn,
  ) {}

  @Handles(passkeyRegistrationOptions)
  registrationOptions(_request: Nothing): Promise<PasskeyOptionsResponse> {
    return this.passkeys.options();
  }

  @Handles(addPasskey)
  add(request: AddPasskeyRequest): Promise<AddedPasskey> {
    return this.passkeys.add(request);
  }

  @Handles(listPasskeys)
  list(_request: Nothing): Promise<PasskeyList> {
    return this.passkeys.list();
  }

  @Handles(renamePasskey)
  rename(request: RenamePasskeyRequest): Promise<Passkey> {
    return this.passkeys.rename(request);
  }

  @Handles(removePasskey)
  async remove({ id }: PasskeyIdRequest): Promise<Nothing> {
    await this.passkeys.remove(id);
    return {};
  }

  @Handles(passkeySignInOptions)
  signInOptions(_request: Nothing): Promise<PasskeyOptionsResponse> {
    return this.signIn.options();
  }

  @Handles(signInWithPasskey)
  signInWith(request: PasskeySignInRequest): Promise<SessionResponse> {
    return this.signIn.verify(request);
  }
}
