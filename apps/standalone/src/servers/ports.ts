import { createServer } from 'node:net';

/** The preferred port of loopback if nobody listens there, else one the system picks. */
export async function freePort(preferred = 0): Promise<number> {
  const port = await tryListen(preferred);
  return port ?? freePort();
}

function tryListen(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? address?.port : undefined));
    });
  });
}
