import { io } from 'socket.io-client';

export interface ChatAnswer {
  chunks: number;
  content: string;
}

const ANSWER_TIMEOUT_MS = 30_000;

/** Asks one question over a socket, as the designs' clients do, and waits for the whole answer. */
export async function askInChat(
  url: string,
  token: string,
  conversationId: string,
  message: string,
): Promise<ChatAnswer> {
  const socket = io(url, { path: '/agents-ws', auth: { token }, transports: ['websocket'] });
  try {
    return await new Promise<ChatAnswer>((resolve, reject) => {
      let chunks = 0;
      const timer = setTimeout(() => reject(new Error('no answer in the chat')), ANSWER_TIMEOUT_MS);
      socket.on('connect_error', reject);
      socket.on('agent:error', (error: { message: string }) => reject(new Error(error.message)));
      socket.on('agent:message:chunk', () => (chunks += 1));
      socket.on('agent:message:complete', ({ content }: { content: string }) => {
        clearTimeout(timer);
        resolve({ chunks, content });
      });
      socket.on('connect', () => socket.emit('message', { conversationId, message }));
    });
  } finally {
    socket.disconnect();
  }
}
