import type { Answer, Member, TestPlatform } from '../support/platform';
import type { Door } from './doors';
import type { Report, Verdict } from './report';
import type { Victim } from './victim';

export interface Stage {
  platform: TestPlatform;
  report: Report;
  victim: Victim;
  /** Signs in a fresh stranger: some doors end the session that opens them. */
  stranger: () => Promise<Member>;
  /** The platform's super admin. */
  admin: Member;
}

/** One stranger for many doors, until one of them may have ended the session that opened it. */
export class Strangers {
  private one: Promise<Member> | undefined;

  constructor(private readonly fresh: () => Promise<Member>) {}

  current(): Promise<Member> {
    return (this.one ??= this.fresh());
  }

  replace(): void {
    this.one = undefined;
  }

  /** What changed nothing ended nothing. */
  replaceAfter({ method }: Door, { status }: Answer): void {
    if (method !== 'GET' && status < 400) this.replace();
  }
}

/** Whether a wall refused `answer` for who asks. Other refusals came before it, and prove nothing. */
export function wallAt({ status }: Answer, held: readonly number[], open: string): Verdict {
  if (held.includes(status)) return {};
  return status >= 400 && status < 500 ? { unproved: true } : { finding: status >= 500 ? 'broke' : open };
}

export const textOf = ({ body }: Answer): string =>
  typeof body === 'string' ? body : JSON.stringify(body ?? '');

export const codeOf = ({ status, body }: Answer): string => {
  const { error, error_code: errorCode } = (body ?? {}) as {
    error?: { code?: unknown };
    error_code?: unknown;
  };
  const code = errorCode ?? error?.code;
  return typeof code === 'string' ? `${status} ${code}` : String(status);
};

/** Refused as somebody nobody knows; GoTrue says it with a 403. */
export const isUnknown = (answer: Answer): boolean =>
  answer.status === 401 ||
  answer.status === 431 ||
  ['403 bad_jwt', '403 session_not_found'].includes(codeOf(answer));
