import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Caught {
  eventType: string;
  eventId: string;
  callId: string;
}

/** Receives the platform's outbound webhooks and remembers which event ids came for which call. */
export class WebhookCatcher {
  private readonly server: Server;
  private readonly caught: Caught[] = [];
  /** Wire ids (`webhook-id`) per call and event type. */
  private readonly ids = new Map<string, Set<string>>();

  constructor() {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        this.keep(String(request.headers['webhook-id']), Buffer.concat(chunks).toString());
        response.writeHead(200).end('{"message":"Workflow was started"}');
      });
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/n8n`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  get requests(): number {
    return this.caught.length;
  }

  /** Different wire ids received of one event of a call; exactly one is right. */
  idsOf(eventType: string, callId: string): number {
    return this.ids.get(`${eventType} ${callId}`)?.size ?? 0;
  }

  private keep(wireId: string, body: string): void {
    const { eventType, eventId } = JSON.parse(body) as { eventType: string; eventId: string };
    const callId = eventId.split(':')[1] ?? '';
    this.caught.push({ eventType, eventId, callId });
    const key = `${eventType} ${callId}`;
    this.ids.set(key, (this.ids.get(key) ?? new Set()).add(wireId));
  }
}
