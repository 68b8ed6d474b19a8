import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A cable to a TCP server that can be pulled and put back. */
export class CuttableProxy {
  private readonly sockets = new Set<Socket>();
  private cut = false;

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async to(host: string, port: number): Promise<CuttableProxy> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (typeof address !== 'object' || !address) throw new Error('the proxy has no port');
    const proxy = new CuttableProxy(server, address.port);
    server.on('connection', (near) => proxy.join(near, host, port));
    return proxy;
  }

  pull(): void {
    this.cut = true;
    for (const socket of this.sockets) socket.destroy();
  }

  putBack(): void {
    this.cut = false;
  }

  async close(): Promise<void> {
    this.pull();
    this.server.close();
    await once(this.server, 'close');
  }

  private join(near: Socket, host: string, port: number): void {
    if (this.cut) {
      near.destroy();
      return;
    }
    const far = connect(port, host);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.sockets.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.sockets.delete(from);
        to.destroy();
      });
    }
  }
}
