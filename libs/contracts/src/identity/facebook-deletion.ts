import { HttpUrl, Instant, OneOf, Text, Uuid } from '../fields';
import { defineOperation } from '../rpc';

/** Facebook's own words: it posts this form, and reads this answer. */
export class FacebookDeletionForm {
  @Text({
    max: 4096,
    pattern: /^[\w-]+\.[\w-]+$/,
    description: 'Signature and payload, base64url; HMAC-SHA256 under the app secret',
  })
  signed_request: string;
}

export class FacebookDeletionAnswer {
  @HttpUrl({ description: 'Where the person can see what became of it' }) url: string;
  @Uuid() confirmation_code: string;
}

export class FacebookDeletionRequest {
  @Text({ max: 4096 }) signedRequest: string;
}

export class FacebookDeletionPath {
  @Uuid({ description: 'The confirmation code' }) code: string;
}

export class FacebookDeletion {
  @Uuid() code: string;
  @OneOf(['completed']) status: 'completed';
  @Instant() completedAt: string;
}

/** Somebody took our app away at Facebook: what came from there goes. */
export const deleteFacebookData = defineOperation({
  name: 'identity.social.facebook-deletion',
  service: 'identity',
  request: FacebookDeletionRequest,
  response: FacebookDeletionAnswer,
});

export const getFacebookDeletion = defineOperation({
  name: 'identity.social.facebook-deletion.get',
  service: 'identity',
  request: FacebookDeletionPath,
  response: FacebookDeletion,
});
