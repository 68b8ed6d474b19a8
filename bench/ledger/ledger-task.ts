export type LedgerTask =
  | { readonly verb: 'open'; readonly tenants: number }
  | {
      readonly verb: 'post';
      readonly tenants: number;
      readonly concurrency: number;
      readonly seconds: number;
    }
  | {
      readonly verb: 'read';
      readonly tenantId: string;
      readonly concurrency: number;
      readonly seconds: number;
    };

export interface PostingResult {
  readonly perSecond: number;
}

export interface ReadResult {
  readonly p50: number;
  readonly p99: number;
}

/** Runs `work` `concurrency` times at once for `ms`, and again as each ends; how long each took, in ms. */
export async function repeat(
  concurrency: number,
  ms: number,
  work: () => Promise<unknown>,
): Promise<{ latencies: number[]; perSecond: number }> {
  const latencies: number[] = [];
  const startedAt = performance.now();
  const line = async (): Promise<void> => {
    for (let before = performance.now(); before - startedAt < ms;) {
      await work();
      const now = performance.now();
      latencies.push(now - before);
      before = now;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, line));
  return { latencies, perSecond: (latencies.length * 1000) / (performance.now() - startedAt) };
}
