import {
  cancelMessage,
  type ConversationMessage,
  createConversation,
  getConversation,
  getPersona,
  listConversations,
  listPersonas,
  parseAs,
  resumeMessages,
  sendMessage,
  type DtoClass,
} from '@parley/contracts';
import type { RpcClient } from '@parley/messaging';
import type { Socket } from 'socket.io';
import { conversationRoom, type LiveRooms } from './live-rooms';
import {
  CancelInput,
  IdInput,
  JoinInput,
  LeaveInput,
  MessageInput,
  NewConversationInput,
} from './socket-messages';

export interface SocketSession {
  readonly socket: Socket;
  readonly rpc: RpcClient;
  readonly rooms: LiveRooms;
  /** Conversations this socket has shown to be its own. */
  readonly joined: Set<string>;
}

/** Answers one client event; what it returns goes to the client's acknowledgement. */
export type SocketHandler = (session: SocketSession, input: unknown) => Promise<unknown>;

/** Types the input of a handler: refused like any other faulty request when it does not fit. */
function on<Input extends object>(
  type: DtoClass<Input>,
  handle: (session: SocketSession, input: Input) => Promise<unknown>,
): SocketHandler {
  return (session, input) => handle(session, parseAs(type, input));
}

const bareId = (input: unknown): unknown => (typeof input === 'string' ? { id: input } : input);

/** Ownership is checked before the first live event is heard. */
async function join({ socket, rpc, rooms, joined }: SocketSession, conversationId: string): Promise<void> {
  if (joined.has(conversationId)) return;
  await rpc.call(getConversation, { id: conversationId });
  if (socket.disconnected || joined.has(conversationId)) return;
  joined.add(conversationId);
  rooms.hold(conversationId, socket.id);
  rooms.release(conversationId, socket);
}

/** As `join`, for a client that was away: it is sent what it missed, then goes on live without a gap. */
async function rejoin(session: SocketSession, input: JoinInput): Promise<void> {
  const { socket, rpc, rooms, joined } = session;
  const { conversationId, messageId, afterSeq } = input;
  await rpc.call(getConversation, { id: conversationId });
  if (socket.disconnected) return;
  await socket.leave(conversationRoom(conversationId));
  joined.add(conversationId);
  rooms.hold(conversationId, socket.id);
  const { message, later } = await rpc.call(resumeMessages, {
    conversationId,
    ...(messageId ? { messageId } : {}),
    ...(afterSeq === undefined ? {} : { afterSeq }),
  });
  if (message?.text) {
    const { id, seq, text } = message;
    socket.emit('agent:message:chunk', {
      conversationId,
      messageId: id,
      seq,
      chunk: text,
      chunkId: `${id}:${seq}`,
    });
  }
  for (const ended of [...(message ? [message] : []), ...later]) {
    for (const [name, payload] of endOf(ended)) socket.emit(name, payload);
  }
  const last = later.filter(({ role }) => role === 'assistant').at(-1) ?? message;
  const caughtUp = last && { messageId: last.id, seq: last.seq, ended: last.status !== 'streaming' };
  rooms.release(conversationId, socket, caughtUp ?? undefined);
}

/** How a stored answer ended, in the words a listener would have heard. */
function endOf(message: ConversationMessage): [string, Record<string, unknown>][] {
  const {
    conversationId,
    id: messageId,
    role,
    status,
    seq,
    content,
    model,
    usage,
    stopReason,
    errorCode,
  } = message;
  if (role === 'user' || status === 'streaming') return [];
  if (status === 'failed') return [['agent:error', { conversationId, messageId, seq, code: errorCode }]];
  return [['agent:message:complete', { conversationId, messageId, seq, content, model, usage, stopReason }]];
}

export const SOCKET_HANDLERS: Readonly<Record<string, SocketHandler>> = {
  message: on(MessageInput, async (session, { conversationId, message, agentId, clientMessageId }) => {
    await join(session, conversationId);
    return session.rpc.call(sendMessage, {
      conversationId,
      text: message,
      ...(agentId ? { agentId } : {}),
      ...(clientMessageId ? { clientMessageId } : {}),
    });
  }),
  'message:cancel': on(CancelInput, ({ rpc }, { messageId }) => rpc.call(cancelMessage, { messageId })),
  'conversation:join': on(JoinInput, async (session, input) => {
    const { conversationId, messageId, afterSeq } = input;
    if (messageId === undefined && afterSeq === undefined) await join(session, conversationId);
    else await rejoin(session, input);
    return { conversationId };
  }),
  'conversation:leave': on(LeaveInput, async ({ socket, rooms, joined }, { conversationId }) => {
    await socket.leave(conversationRoom(conversationId));
    rooms.leave(conversationId, socket.id);
    joined.delete(conversationId);
    return { conversationId };
  }),
  'conversation:list': async ({ socket, rpc }) => {
    const { data } = await rpc.call(listConversations, {});
    socket.emit('conversation:list', data);
    return data;
  },
  'conversation:load': async (session, input) => {
    const { id } = parseAs(IdInput, bareId(input));
    const conversation = await session.rpc.call(getConversation, { id });
    await join(session, id);
    session.socket.emit('conversation:loaded', conversation);
    return conversation;
  },
  'conversation:new': on(NewConversationInput, async (session, { agentId, title }) => {
    const conversation = await session.rpc.call(createConversation, {
      agentId,
      ...(title ? { title } : {}),
    });
    await join(session, conversation.id);
    session.socket.emit('conversation:created', conversation);
    return conversation;
  }),
  'agent:list': async ({ socket, rpc }) => {
    const { data } = await rpc.call(listPersonas, {});
    socket.emit('agent:list', data);
    return data;
  },
  'agent:select': async ({ socket, rpc }, input) => {
    const persona = await rpc.call(getPersona, parseAs(IdInput, bareId(input)));
    socket.emit('agent:selected', persona);
    return persona;
  },
  'typing:start': (session, input) => typing(session, input, true),
  'typing:stop': (session, input) => typing(session, input, false),
};

async function typing({ socket, joined }: SocketSession, input: unknown, isTyping: boolean): Promise<void> {
  const { id } = parseAs(IdInput, bareId(input));
  if (!joined.has(id)) return;
  socket.to(conversationRoom(id)).emit('user:typing', { userId: socket.data.userId as string, isTyping });
}
