import { type ConversationLiveEvent, conversationTopic } from '@parley/contracts';
import type { Transport } from '@parley/messaging';
import type { Server, Socket } from 'socket.io';

export const conversationRoom = (id: string): string => `conversation:${id}`;
export const tenantRoom = (id: string): string => `tenant:${id}`;
/** Sockets that one person opened, as whomever. */
export const holderRoom = (id: string): string => `holder:${id}`;
export const userRoom = (id: string): string => `user:${id}`;
export const sessionRoom = (id: string): string => `session:${id}`;

/** The answer a catching-up client has been sent from the log, and how far. */
export interface CaughtUp {
  readonly messageId: string;
  readonly seq: number;
  /** Whether its end has been sent as well. */
  readonly ended: boolean;
}

/** A socket that is being sent what it missed, and does not hear the room yet. */
interface CatchingUp {
  /** Events that came meanwhile. */
  readonly held: ConversationLiveEvent[];
  /** Set once the log has been sent: events after it may still overlap its end. */
  sent?: { socket: Socket; caughtUp: CaughtUp };
}

interface Stream {
  readonly members: Set<string>;
  readonly catchingUp: Map<string, CatchingUp>;
  readonly stop: () => void;
}

/** Passes a conversation's live stream to its room, subscribed only while somebody here is in the room. */
export class LiveRooms {
  private readonly streams = new Map<string, Stream>();

  constructor(
    private readonly transport: Transport,
    private readonly servers: readonly Server[],
  ) {}

  /** From now on nothing of the conversation is missed; it is held back until `release`. */
  hold(conversationId: string, socketId: string): void {
    const stream = this.open(conversationId);
    stream.members.add(socketId);
    stream.catchingUp.set(socketId, { held: [] });
  }

  /** Sends what was held, less what the client has by now, and goes live: no gap and nothing twice. */
  release(conversationId: string, socket: Socket, caughtUp?: CaughtUp): void {
    const stream = this.streams.get(conversationId);
    const state = stream?.catchingUp.get(socket.id);
    if (!stream || !state) return;
    for (const event of state.held.splice(0)) emitRest(socket, event, caughtUp);
    if (caughtUp && !caughtUp.ended) {
      state.sent = { socket, caughtUp };
      return;
    }
    stream.catchingUp.delete(socket.id);
    void socket.join(conversationRoom(conversationId));
  }

  leave(conversationId: string, socketId: string): void {
    const stream = this.streams.get(conversationId);
    if (!stream) return;
    stream.members.delete(socketId);
    stream.catchingUp.delete(socketId);
    if (stream.members.size > 0) return;
    stream.stop();
    this.streams.delete(conversationId);
  }

  private open(conversationId: string): Stream {
    const known = this.streams.get(conversationId);
    if (known) return known;
    const stop = this.transport.onLive(conversationTopic(conversationId), (_topic, event) =>
      this.pass(event as ConversationLiveEvent),
    );
    const stream: Stream = { members: new Set(), catchingUp: new Map(), stop };
    this.streams.set(conversationId, stream);
    return stream;
  }

  private pass(event: ConversationLiveEvent): void {
    for (const server of this.servers) {
      const room = server.to(conversationRoom(event.conversationId));
      for (const [name, payload] of toSocketEvents(event)) room.emit(name, payload);
    }
    const stream = this.streams.get(event.conversationId);
    if (!stream) return;
    for (const [socketId, { held, sent }] of stream.catchingUp) {
      if (!sent) {
        held.push(event);
        continue;
      }
      emitRest(sent.socket, event, sent.caughtUp);
      if (overlaps(event, sent.caughtUp)) continue;
      stream.catchingUp.delete(socketId);
      void sent.socket.join(conversationRoom(event.conversationId));
    }
  }
}

function emitRest(socket: Socket, event: ConversationLiveEvent, caughtUp: CaughtUp | undefined): void {
  const rest = caughtUp ? afterCaughtUp(event, caughtUp) : event;
  if (rest) for (const [name, payload] of toSocketEvents(rest)) socket.emit(name, payload);
}

/** Whether the client has a part of this event, so that the next one may overlap as well. */
function overlaps(event: ConversationLiveEvent, { messageId, seq }: CaughtUp): boolean {
  return event.messageId === messageId && event.type === 'chunk' && event.seq - event.chunk.length < seq;
}

/** `seq` counts characters, so a chunk that overlaps what the client has can be cut. */
function afterCaughtUp(event: ConversationLiveEvent, caughtUp: CaughtUp): ConversationLiveEvent | undefined {
  if (event.messageId !== caughtUp.messageId) return event;
  if (caughtUp.ended) return undefined;
  if (event.type !== 'chunk') return event;
  if (event.seq <= caughtUp.seq) return undefined;
  const startsAt = event.seq - event.chunk.length;
  return { ...event, chunk: event.chunk.slice(Math.max(0, caughtUp.seq - startsAt)) };
}

/** A live event in the names the designs' clients listen for. */
export function toSocketEvents(event: ConversationLiveEvent): [string, Record<string, unknown>][] {
  const { type, ...facts } = event;
  const { conversationId, messageId, seq } = event;
  switch (type) {
    case 'start':
      return [
        ['agent:typing', { conversationId, isTyping: true }],
        ['agent:message:start', facts],
      ];
    case 'chunk':
      return [['agent:message:chunk', { ...facts, chunkId: `${messageId}:${seq}` }]];
    case 'complete':
      return [
        ['agent:message:complete', facts],
        ['agent:typing', { conversationId, isTyping: false }],
      ];
    case 'error':
      return [
        ['agent:error', facts],
        ['agent:typing', { conversationId, isTyping: false }],
      ];
  }
}
