export type RpcTask =
  | { readonly verb: 'open'; readonly brokerUrl?: string; readonly serves: boolean }
  | { readonly verb: 'measure'; readonly concurrency: number; readonly seconds: number };

export interface RpcResult {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}
