/** A small client of the public API: what any frontend would do, with fetch. */
export class Api {
  private token: string | undefined;

  constructor(readonly baseUrl: string) {}

  async login(email: string, password: string): Promise<{ accessToken: string; tenant: { id: string } }> {
    const session = await this.post<{ accessToken: string; tenant: { id: string } }>('/v1/auth/login', {
      email,
      password,
    });
    this.token = session.accessToken;
    return session;
  }

  get<T>(path: string): Promise<T> {
    return this.send<T>('GET', path);
  }

  post<T>(path: string, body: unknown): Promise<T> {
    return this.send<T>('POST', path, body);
  }

  /** @throws Error with the answer's status and text */
  async send<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(this.baseUrl + path, {
      method,
      headers: {
        ...(this.token ? { authorization: `Bearer ${this.token}` } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text.slice(0, 500)}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }
}

/** Asks until `done` is content. */
export async function until<T>(
  what: string,
  ask: () => Promise<T>,
  done: (answer: T) => boolean,
): Promise<T> {
  for (const deadline = Date.now() + 30_000; ;) {
    const answer = await ask();
    if (done(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`${what} did not happen within 30 s`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
