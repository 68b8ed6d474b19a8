import { Agent, request } from 'undici';
import { serveTasks } from '../harness/worker';
import type { LoginResult, LoginTask } from './auth-task';

/** Everybody signs in, and once in again, until the time is up. */
serveTasks<LoginTask, LoginResult>(async ({ url, emails, password, seconds }) => {
  const dispatcher = new Agent({ connections: emails.length, pipelining: 1, headersTimeout: 60_000 });
  const until = performance.now() + seconds * 1000;
  const counted = { signedIn: 0, turnedAway: 0 };
  const signIn = async (email: string): Promise<void> => {
    const response = await request(`${url}/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password }),
      dispatcher,
    });
    const text = await response.body.text();
    if (response.statusCode === 200) counted.signedIn += 1;
    else if (response.statusCode === 429 || response.statusCode === 504) counted.turnedAway += 1;
    else throw new Error(`sign-in answered ${response.statusCode}: ${text}`);
  };
  await Promise.all(
    emails.map(async (email) => {
      do await signIn(email);
      while (performance.now() < until);
    }),
  );
  await dispatcher.close();
  return counted;
});
