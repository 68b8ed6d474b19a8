import { Conflict, Invalid, NotFound } from '@parley/contracts';

export class UnknownPrivacyRequest extends NotFound {
  constructor() {
    super('No such privacy request', 'PRIVACY_REQUEST_NOT_FOUND');
  }
}

export class RequestAlreadyOpen extends Conflict {
  constructor() {
    super('A request of this kind is open already', 'PRIVACY_REQUEST_OPEN');
  }
}

export class OwnershipFirst extends Conflict {
  constructor(tenantIds: readonly string[]) {
    super(
      'Transfer the ownership of your companies first: others work there',
      'OWNERSHIP_TRANSFER_REQUIRED',
      { tenantIds: [...tenantIds] },
    );
  }
}

export class NotCancellable extends Conflict {
  constructor() {
    super('The request has begun or is over', 'PRIVACY_REQUEST_NOT_CANCELLABLE');
  }
}

export class ArchiveNotReady extends Conflict {
  constructor() {
    super('There is no archive to download: not yet, or not any more', 'PRIVACY_ARCHIVE_UNAVAILABLE');
  }
}

export class CertificateNotReady extends Conflict {
  constructor() {
    super('Only a completed erasure has a certificate', 'PRIVACY_CERTIFICATE_UNAVAILABLE');
  }
}

export class OneSubject extends Invalid {
  constructor() {
    super('Invalid input: scope, subjectPhone', [
      { field: 'scope', message: 'cannot be given together with subjectPhone' },
    ]);
  }
}
