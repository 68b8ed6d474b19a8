import { type ConversationLiveEvent, conversationTopic } from '@parley/contracts';
import type { Transport } from '@parley/messaging';
import type { Server } from 'socket.io';

export const conversationRoom = (id: string): string => `conversation:${id}`;
export const tenantRoom = (id: string): string => `tenant:${id}`;
export const userRoom = (id: string): string => `user:${id}`;
export const sessionRoom = (id: string): string => `session:${id}`;

/** Passes a conversation's live stream to its room, subscribed only while somebody here is in the room. */
export class LiveRooms {
  private readonly streams = new Map<string, { members: Set<string>; stop: () => void }>();

  constructor(
    private readonly transport: Transport,
    private readonly servers: readonly Server[],
  ) {}

  join(conversationId: string, socketId: string): void {
    const stream = this.streams.get(conversationId);
    if (stream) {
      stream.members.add(socketId);
      return;
    }
    const stop = this.transport.onLive(conversationTopic(conversationId), (_topic, event) =>
      this.pass(event as ConversationLiveEvent),
    );
    this.streams.set(conversationId, { members: new Set([socketId]), stop });
  }

  leave(conversationId: string, socketId: string): void {
    const stream = this.streams.get(conversationId);
    if (!stream) return;
    stream.members.delete(socketId);
    if (stream.members.size > 0) return;
    stream.stop();
    this.streams.delete(conversationId);
  }

  private pass(event: ConversationLiveEvent): void {
    for (const server of this.servers) {
      const room = server.to(conversationRoom(event.conversationId));
      for (const [name, payload] of toSocketEvents(event)) room.emit(name, payload);
    }
  }
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
