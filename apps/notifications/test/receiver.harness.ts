import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Received {
  readonly at: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

type Responder = (response: ServerResponse, received: Received, count: number) => void;

/** A receiver on a port of its own that answers as told and keeps what it got. */
export class Receiver {
  readonly received: Received[] = [];

  private constructor(
    private readonly server: ReturnType<typeof createServer>,
    readonly url: string,
  ) {}

  static async start(respond: Responder = (response) => response.end('{"message":"Workflow was started"}')) {
    const holder: { receiver?: Receiver } = {};
    const server = createServer((request: IncomingMessage, response: ServerResponse) => {
      void text(request).then((body) => {
        const received = { at: Date.now(), headers: request.headers, body };
        const count = holder.receiver?.received.push(received) ?? 0;
        respond(response, received, count);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    holder.receiver = new Receiver(server, `http://127.0.0.1:${port}/hook`);
    return holder.receiver;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}

export const answering =
  (status: number, headers: Record<string, string> = {}): Responder =>
  (response) =>
    response.writeHead(status, headers).end('{"message":"no"}');
