import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import {
  acquire,
  createVhost,
  deleteVhost,
  down,
  environment,
  type Profile,
  PROFILES,
  restartBroker,
  status,
  up,
} from '.';

const USAGE = `services up|down|status|restart-broker [profile]
services vhost-create|vhost-delete <name> [profile]
services with <profile> -- <command…>     runs the command with the servers' URLs in its environment
profile: ${PROFILES.join(', ')} (default: test)`;

function profileNamed(name = 'test'): Profile {
  const profile = PROFILES.find((known) => known === name);
  if (!profile) throw new Error(USAGE);
  return profile;
}

async function runWith(profile: Profile, [command, ...args]: string[]): Promise<void> {
  if (!command) throw new Error(USAGE);
  const lease = await acquire(profile);
  try {
    process.exitCode = await runChild(command, args, lease.env);
  } finally {
    await lease.release();
  }
}

/** The terminal gives Ctrl-C to the child too; we wait for it to finish and only then stop its servers. */
function runChild(command: string, args: string[], env: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', env: { ...process.env, ...env } });
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
    process.on('SIGINT', () => (process.stdin.isTTY ? undefined : child.kill('SIGINT')));
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal ?? 'SIGTERM']));
  });
}

async function main([verb = '', ...args]: string[]): Promise<void> {
  const [first = '', second] = args;
  const say = (text: string): boolean => process.stdout.write(`${text}\n`);
  const verbs: Record<string, () => Promise<unknown>> = {
    up: async () => {
      const profile = profileNamed(args[0]);
      const variables = environment(profile, await up(profile));
      for (const [name, value] of Object.entries(variables)) say(`export ${name}='${value}'`);
    },
    down: () => Promise.all((args[0] ? [profileNamed(args[0])] : PROFILES).map(down)),
    status: async () => {
      for (const profile of PROFILES)
        say(`${profile}: ${JSON.stringify((await status(profile)) ?? 'down', null, 2)}`);
    },
    'restart-broker': () => restartBroker(profileNamed(args[0])),
    'vhost-create': async () => say(await createVhost(first, profileNamed(second))),
    'vhost-delete': () => deleteVhost(first, profileNamed(second)),
    with: () => runWith(profileNamed(first), args.slice(args[1] === '--' ? 2 : 1)),
  };
  const work = verbs[verb];
  if (!work) throw new Error(USAGE);
  await work();
}

// `services status | head` closes the pipe early.
process.stdout.on('error', () => process.exit());

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
