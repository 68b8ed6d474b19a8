import type { Child } from './child';

/** What a load generator (load-generator.ts) is asked to do. */
export interface LoadTask {
  readonly url: string;
  readonly seconds: number;
  readonly connections: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Instead of GET: a different signed Vapi webhook with every request. */
  readonly webhooks?: { readonly number: string; readonly secret: string };
  /** Requests per second, evenly spaced whether or not answers come; as many as possible when absent. */
  readonly rate?: number;
}

export interface LoadResult {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

/** Runs one load. @throws Error when any answer was not 2xx: a figure with refusals in it says nothing */
export function applyLoad(generator: Child, task: LoadTask): Promise<LoadResult> {
  return generator.ask<LoadResult>(task, task.seconds * 1000 + 30_000);
}
