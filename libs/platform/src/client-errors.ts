import type { Socket } from 'node:net';
import { newId } from '@parley/contracts';

interface ClientError extends Error {
  code?: string;
}

const REFUSALS: Record<string, readonly [status: string, code: string, message: string]> = {
  HPE_HEADER_OVERFLOW: [
    '431 Request Header Fields Too Large',
    'HEADERS_TOO_LARGE',
    'The headers are over the limit',
  ],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'REQUEST_TIMEOUT', 'The request took too long to arrive'],
};
const MALFORMED = ['400 Bad Request', 'VALIDATION_FAILED', 'This is not a valid HTTP request'] as const;

/** What cannot even be read as a request gets an error of the usual shape before the connection ends. */
export function answerClientError(error: ClientError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const [status, code, message] = REFUSALS[error.code ?? ''] ?? MALFORMED;
  const requestId = newId();
  const body = JSON.stringify({
    error: { code, message, timestamp: new Date().toISOString(), requestId },
  });
  if (!socket.writable) {
    socket.destroy(error);
    return;
  }
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: application/json; charset=utf-8\r\nx-request-id: ${requestId}\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}
