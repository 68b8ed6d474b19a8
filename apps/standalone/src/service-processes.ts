import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { ServiceName } from '@parley/contracts';
import type { Env } from '@parley/platform';

/** Longest wait for a service's health to answer after its process started. */
const READY_TIMEOUT_MS = 60_000;

export interface ServiceProcess {
  readonly name: ServiceName;
  readonly env: Env;
  /** Internal health port; told through the environment. */
  readonly internalPort: number;
}

/** Services as processes of their own on this machine: started, killed, restarted. */
export class ServiceProcesses {
  private readonly children = new Map<ServiceName, ChildProcess>();
  private onDeath: ((name: ServiceName, how: string) => void) | undefined;

  /** @param root the folder that holds `dist` */
  constructor(private readonly root: string) {}

  /** Called when a process ends that nobody asked to end. */
  onUnexpectedDeath(listener: (name: ServiceName, how: string) => void): void {
    this.onDeath = listener;
  }

  async start(service: ServiceProcess): Promise<void> {
    const { name, env, internalPort } = service;
    const script = join(this.root, 'dist', 'apps', name, 'src', 'main.js');
    const child = spawn(process.execPath, [script], {
      cwd: this.root,
      env: defined({ ...env, INTERNAL_PORT: String(internalPort), INTERNAL_HOST: '127.0.0.1' }),
      stdio: ['ignore', 'inherit', 'inherit'],
      // Ctrl-C goes to the parent, which ends the services in order.
      detached: true,
    });
    this.children.set(name, child);
    child.once('exit', (code, signal) => {
      if (this.children.get(name) !== child) return;
      this.children.delete(name);
      this.onDeath?.(name, signal ?? `code ${code}`);
    });
    await untilReady(name, internalPort, child);
  }

  get running(): ServiceName[] {
    return [...this.children.keys()];
  }

  /** Ends a process without warning, as a crash does. */
  async kill(name: ServiceName): Promise<void> {
    await this.end(name, 'SIGKILL');
  }

  /** Lets every process finish what it does. */
  async stopAll(): Promise<void> {
    await Promise.all(this.running.map((name) => this.end(name, 'SIGTERM')));
  }

  private async end(name: ServiceName, signal: NodeJS.Signals): Promise<void> {
    const child = this.children.get(name);
    if (!child || child.exitCode !== null) return;
    this.children.delete(name);
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }
}

async function untilReady(name: ServiceName, port: number, child: ChildProcess): Promise<void> {
  for (const deadline = Date.now() + READY_TIMEOUT_MS; Date.now() < deadline;) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`${name} ended while starting`);
    const answer = await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${name} is not ready after ${READY_TIMEOUT_MS / 1000} s`);
}

function defined(env: Env): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined));
}
