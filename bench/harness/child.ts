import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

export type ChildEnv = Readonly<Record<string, string | undefined>>;

export interface ChildSpec {
  readonly name: string;
  /** Program and arguments after `node`. */
  readonly argv: readonly string[];
  readonly env: ChildEnv;
}

const STOP_GRACE_MS = 15_000;
const KEPT_OUTPUT = 8_000;

/** A Node process of the benchmark: one contestant, or one load generator. */
export class Child {
  readonly startedAt = performance.now();
  private readonly process: ChildProcess;
  private output = '';

  constructor(private readonly spec: ChildSpec) {
    this.process = spawn(process.execPath, [...spec.argv], {
      env: Object.fromEntries(Object.entries(spec.env).filter(([, value]) => value !== undefined)),
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      serialization: 'advanced',
    });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.on(
        'data',
        (chunk: Buffer) => (this.output = (this.output + chunk.toString()).slice(-KEPT_OUTPUT)),
      );
    }
  }

  get name(): string {
    return this.spec.name;
  }

  get pid(): number {
    if (this.process.pid === undefined) throw new Error(`${this.name} did not start:\n${this.output}`);
    return this.process.pid;
  }

  get ended(): boolean {
    return this.process.exitCode !== null || this.process.signalCode !== null;
  }

  /** Sends one task to a worker (harness/worker.ts) and waits for its answer. */
  async ask<Answer>(task: unknown, timeoutMs: number): Promise<Answer> {
    const answered = new AbortController();
    const patience = AbortSignal.timeout(timeoutMs);
    const signal = AbortSignal.any([answered.signal, patience]);
    try {
      const answer = once(this.process, 'message', { signal });
      const death = once(this.process, 'exit', { signal }).then(() => {
        throw new Error('ended');
      });
      this.process.send(task as object);
      const [message] = (await Promise.race([answer, death])) as [{ answer?: Answer; error?: string }];
      if (message.error !== undefined) throw new Error(message.error);
      return message.answer as Answer;
    } catch (cause) {
      const why = patience.aborted ? `no answer within ${timeoutMs} ms` : String(cause);
      throw new Error(`${this.name}: ${why}\n${this.output}`, { cause });
    } finally {
      answered.abort();
    }
  }

  /** Milliseconds from the start of the process until `isReady` first says so. */
  async until(isReady: (output: string) => Promise<boolean> | boolean, timeoutMs: number): Promise<number> {
    for (const deadline = this.startedAt + timeoutMs; performance.now() < deadline;) {
      if (this.ended) throw new Error(`${this.name} ended while starting:\n${this.output}`);
      if (await isReady(this.output)) return performance.now() - this.startedAt;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`${this.name} is not ready after ${timeoutMs / 1000} s:\n${this.output}`);
  }

  /** Asks it to end, and ends it if it does not. */
  async stop(): Promise<void> {
    if (this.ended) return;
    const exited = once(this.process, 'exit');
    this.kill('SIGTERM');
    const insist = setTimeout(() => this.kill(), STOP_GRACE_MS);
    await exited;
    clearTimeout(insist);
  }

  /** SIGTERM leaves the way open to end what it started itself. */
  kill(signal: NodeJS.Signals = 'SIGKILL'): void {
    if (!this.ended) this.process.kill(signal);
  }
}

/** Resident memory of a process in megabytes, as Linux counts it. */
export function residentMegabytes(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  if (!kilobytes) throw new Error(`process ${pid} has no resident memory`);
  return Number(kilobytes) / 1024;
}

/** Whether an HTTP address answers 2xx. */
export async function answers(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
  await response?.body?.cancel();
  return response?.ok ?? false;
}
