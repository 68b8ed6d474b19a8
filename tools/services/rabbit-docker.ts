import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../apps/standalone/src/servers/ports';
import { brokerAnswers } from './amqp-probe';
import { checkoutId, findProgram } from './paths';
import type { Profile, RabbitState } from './state';

const run = promisify(execFile);
const IMAGE = 'rabbitmq:4-alpine';

export async function dockerAnswers(): Promise<boolean> {
  const docker = findProgram('docker');
  if (!docker) return false;
  return run(docker, ['version', '--format', '{{.Server.Version}}'], { timeout: 10_000 }).then(
    () => true,
    () => false,
  );
}

export async function startContainer(profile: Profile): Promise<RabbitState> {
  const container = `parley-${profile}-rabbitmq-${checkoutId}`;
  const port = await freePort();
  await run('docker', ['rm', '--force', container]);
  await run('docker', ['run', '--detach', '--name', container, '--publish', `127.0.0.1:${port}:5672`, IMAGE]);
  const control = { argv: ['docker', 'exec', container, 'rabbitmqctl'], env: {} };
  return whenAnswering({ url: `amqp://guest:guest@127.0.0.1:${port}`, control, container });
}

export async function killAndStartContainer(state: RabbitState): Promise<RabbitState> {
  const container = state.container ?? '';
  await run('docker', ['kill', container]);
  await run('docker', ['start', container]);
  return whenAnswering(state);
}

export async function removeContainer({ container }: RabbitState): Promise<void> {
  if (container) await run('docker', ['rm', '--force', '--volumes', container]);
}

async function whenAnswering(state: RabbitState): Promise<RabbitState> {
  for (const deadline = Date.now() + 90_000; Date.now() < deadline; await sleep(200)) {
    if (await brokerAnswers(state.url)) return state;
  }
  throw new Error(`RabbitMQ in container ${state.container} does not answer: docker logs ${state.container}`);
}
