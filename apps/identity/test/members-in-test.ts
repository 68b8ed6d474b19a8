import {
  acceptInvitation,
  type CallerContext,
  createInvitation,
  createTenant,
  type EmailRequestedV1,
  emailRequestedV1,
  type GrantableRole,
  type InvitationResponse,
  login,
  type SessionResponse,
  sessionRevokedV1,
  switchTenant,
} from '@parley/contracts';
import { anEmail, callerOf, type IdentityInTest, PASSWORD } from './identity-in-test';

/** A company with its owner signed in to it. */
export async function openCompany(identity: IdentityInTest): Promise<SessionResponse> {
  const person = await identity.signUp();
  const company = await identity.ask(createTenant, { name: 'Toitures Roy' }, callerOf(person));
  return identity.ask(switchTenant, { tenantId: company.id }, callerOf(person));
}

/** An invitation, with the token as the invited mailbox gets it. */
export async function invite(
  identity: IdentityInTest,
  inviter: SessionResponse,
  email = anEmail(),
  role: GrantableRole = 'user',
): Promise<InvitationResponse & { token: string }> {
  const invitation = await identity.ask(createInvitation, { email, role }, callerOf(inviter));
  return { ...invitation, token: await tokenMailedTo(identity, email, 'invitation') };
}

/** From the link of the last mail of its kind to this address. */
export async function tokenMailedTo(
  identity: IdentityInTest,
  email: string,
  template: EmailRequestedV1['template'],
): Promise<string> {
  const mails = (await identity.published(emailRequestedV1.type)).map(
    ({ payload }) => payload as EmailRequestedV1,
  );
  const mail = mails.filter((each) => each.to === email.toLowerCase() && each.template === template).at(-1);
  const token = new URL(mail?.link ?? 'none:').searchParams.get('token');
  if (!token) throw new Error(`No ${template} was mailed to ${email}`);
  return token;
}

/** Somebody new in the inviter's tenant, signed in to it. */
export async function join(
  identity: IdentityInTest,
  inviter: SessionResponse,
  role: GrantableRole = 'user',
): Promise<SessionResponse> {
  const { token } = await invite(identity, inviter, anEmail(), role);
  const { session } = await identity.ask(acceptInvitation, { token, name: 'Marc Roy', password: PASSWORD });
  if (!session) throw new Error('A new account got no session');
  return session;
}

export const signIn = (identity: IdentityInTest, session: SessionResponse): Promise<SessionResponse> =>
  identity.ask(login, {
    email: session.user.email,
    password: PASSWORD,
    tenantSlug: session.tenant.slug,
  });

/** Why a session was revoked, once per event. */
export async function endingsOf(identity: IdentityInTest, session: SessionResponse): Promise<string[]> {
  const { sessionId } = callerOf(session);
  const events = await identity.published(sessionRevokedV1.type);
  return events
    .filter(({ meta }) => meta.subject === sessionId)
    .map(({ payload }) => (payload as { reason: string }).reason);
}

export const superAdmin = async (identity: IdentityInTest): Promise<Partial<CallerContext>> => ({
  ...callerOf(await identity.signUp()),
  roles: ['owner', 'super_admin'],
});

/** Statuses of what was tried at once, in rising order; 200 for success. */
export async function statusesOf(tries: readonly Promise<unknown>[]): Promise<number[]> {
  const settled = await Promise.allSettled(tries);
  return settled
    .map((each) => (each.status === 'fulfilled' ? 200 : (each.reason as { status: number }).status))
    .sort((a, b) => a - b);
}
