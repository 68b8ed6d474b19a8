import { Agent, request } from 'undici';
import type { PlannedRequest } from './hostile-plan';

export interface SendingReport {
  accepted: number;
  refusedForgeries: number;
  acceptedForgeries: number;
  /** Tries that met a dead process, a restarting broker or a full queue, and were made again. */
  retries: number;
  /** Genuine requests that got a final refusal: a fault of the platform. */
  refusedGenuine: string[];
}

const CONCURRENCY = 48;
const TIMEOUT_MS = 10_000;
/** A provider with a retry policy would not give up sooner. */
const MAX_TRIES = 200;

/** Sends every request until it gets a final answer, as a provider with retries does. */
export async function sendAll(requests: readonly PlannedRequest[]): Promise<SendingReport> {
  const report: SendingReport = {
    accepted: 0,
    refusedForgeries: 0,
    acceptedForgeries: 0,
    retries: 0,
    refusedGenuine: [],
  };
  const agent = new Agent({ connections: CONCURRENCY, pipelining: 1 });
  const queue = requests.values();
  const worker = async (): Promise<void> => {
    for (const planned of queue) await sendOne(planned, agent, report);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  await agent.close();
  return report;
}

async function sendOne(planned: PlannedRequest, agent: Agent, report: SendingReport): Promise<void> {
  for (let attempt = 1; attempt <= MAX_TRIES; attempt++) {
    const status = await post(planned, agent);
    if (status !== undefined && status < 500 && status !== 429) {
      count(planned, status, report);
      return;
    }
    report.retries += 1;
    await new Promise((resolve) => setTimeout(resolve, Math.min(50 * attempt, 1_000)));
  }
  report.refusedGenuine.push(`${planned.url}: no answer after ${MAX_TRIES} tries`);
}

function count({ forged, url }: PlannedRequest, status: number, report: SendingReport): void {
  const ok = status >= 200 && status < 300;
  if (forged) report[ok ? 'acceptedForgeries' : 'refusedForgeries'] += 1;
  else if (ok) report.accepted += 1;
  else report.refusedGenuine.push(`${url}: ${status}`);
}

async function post({ url, body, headers }: PlannedRequest, dispatcher: Agent): Promise<number | undefined> {
  try {
    const response = await request(url, {
      method: 'POST',
      headers: headers(),
      body,
      dispatcher,
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
    });
    await response.body.dump();
    return response.statusCode;
  } catch {
    // The process was killed under us: nobody knows whether it was committed, so it is sent again.
    return undefined;
  }
}
