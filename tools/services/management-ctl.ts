/**
 * The few rabbitmqctl commands tests need, spoken to the management API: for brokers on other machines.
 * Reads RABBITMQ_MANAGEMENT_URL (http://user:password@host:15672).
 */
const base = new URL(process.env.RABBITMQ_MANAGEMENT_URL ?? '');
const authorization = `Basic ${Buffer.from(
  `${decodeURIComponent(base.username)}:${decodeURIComponent(base.password)}`,
).toString('base64')}`;

async function call(method: string, path: string, body?: object): Promise<Response> {
  const response = await fetch(new URL(`/api/${path}`, base.origin), {
    method,
    headers: { authorization, 'content-type': 'application/json' },
    signal: AbortSignal.timeout(15_000),
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!response.ok)
    throw new Error(`${method} /api/${path} answered ${response.status} ${await response.text()}`);
  return response;
}

const part = (value: string | undefined): string => encodeURIComponent(value ?? '');

async function closeConnections(vhost: string | undefined, reason: string): Promise<void> {
  const open = (await (await call('GET', `vhosts/${part(vhost)}/connections`)).json()) as { name: string }[];
  await Promise.all(open.map(({ name }) => call('DELETE', `connections/${part(name)}`)));
  process.stdout.write(`closed ${open.length} connections: ${reason}\n`);
}

const commands: Record<string, (...args: string[]) => Promise<unknown>> = {
  list_vhosts: async () => {
    const vhosts = (await (await call('GET', 'vhosts')).json()) as { name: string }[];
    process.stdout.write(`${vhosts.map(({ name }) => name).join('\n')}\n`);
  },
  add_vhost: (name) => call('PUT', `vhosts/${part(name)}`, {}),
  delete_vhost: (name) => call('DELETE', `vhosts/${part(name)}`),
  set_permissions: (_flag, vhost, user, configure, write, read) =>
    call('PUT', `permissions/${part(vhost)}/${part(user)}`, { configure, write, read }),
  close_all_connections: (_flag, vhost, reason) => closeConnections(vhost, reason ?? ''),
};

async function main([name = '', ...args]: string[]): Promise<void> {
  const command = commands[name];
  if (!command) throw new Error(`${name}: not one of ${Object.keys(commands).join(', ')}`);
  await command(...args);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
