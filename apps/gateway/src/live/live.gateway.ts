import type { Server as HttpServer } from 'node:http';
import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import {
  AppError,
  type CallerContext,
  callEndedV1,
  callStartedV1,
  creditsLowV1,
  type EventEnvelope,
  newId,
  parseAs,
  runAs,
  smsReceivedV1,
  toWireError,
  Unauthenticated,
} from '@parley/contracts';
import { RpcClient, type Transport } from '@parley/messaging';
import { addressReader, CONFIG, TRANSPORT } from '@parley/platform';
import { Server, type Socket } from 'socket.io';
import type { GatewayConfig } from '../config';
import { asCaller } from '../edge/authentication';
import { ImpersonationExchange } from '../edge/impersonation-exchange';
import { effectOfEvent } from '../edge/impersonation-rules';
import { Impersonations } from '../edge/impersonations';
import { Revocations } from '../edge/revocations';
import { allowedOrigins } from '../edge/security';
import { MfaEnrolmentRequired } from '../edge/step-up';
import { type TokenIdentity, TokenVerifier } from '../edge/token-verifier';
import { holderRoom, LiveRooms, sessionRoom, tenantRoom, userRoom } from './live-rooms';
import { SOCKET_HANDLERS, type SocketHandler, type SocketSession } from './socket-handlers';
import { RefreshInput } from './socket-messages';

/** The designs' clients connect to `/agents-ws`; Socket.IO's own default is served as well. */
const PATHS = ['/socket.io', '/agents-ws'];
const MAX_FRAME_BYTES = 262_144;
/** Client events a socket may send in ten seconds. */
const EVENTS_PER_WINDOW = 100;
const WINDOW_MS = 10_000;
const WARN_BEFORE_EXPIRY_MS = 60_000;

/** Events told to every socket of the tenant, under the names clients know. */
const TOLD: Readonly<Record<string, string>> = {
  [callStartedV1.type]: 'call:started',
  [callEndedV1.type]: 'call:ended',
  [smsReceivedV1.type]: 'sms:received',
  [creditsLowV1.type]: 'credits:low',
};

/** The sockets: chat with the sales agents and what happens live in the tenant. */
@Injectable()
export class LiveGateway implements OnApplicationShutdown {
  private readonly logger = new Logger(LiveGateway.name);
  private readonly addressOf: ReturnType<typeof addressReader>;
  private servers: Server[] = [];

  constructor(
    @Inject(TRANSPORT) private readonly transport: Transport,
    @Inject(RpcClient) private readonly rpc: RpcClient,
    @Inject(TokenVerifier) private readonly tokens: TokenVerifier,
    @Inject(Revocations) private readonly revocations: Revocations,
    @Inject(ImpersonationExchange) private readonly exchange: ImpersonationExchange,
    @Inject(Impersonations) private readonly impersonations: Impersonations,
    @Inject(CONFIG) private readonly config: GatewayConfig,
  ) {
    this.addressOf = addressReader(config.TRUSTED_PROXIES);
  }

  async attach(http: HttpServer): Promise<void> {
    this.servers = PATHS.map(
      (path) =>
        new Server(http, {
          path,
          cors: { origin: allowedOrigins(this.config), credentials: true },
          pingInterval: 25_000,
          pingTimeout: 20_000,
          maxHttpBufferSize: MAX_FRAME_BYTES,
          serveClient: false,
        }),
    );
    const rooms = new LiveRooms(this.transport, this.servers);
    for (const server of this.servers) {
      server.use((socket, next) => {
        this.admit(socket).then(() => next(), next);
      });
      server.on('connection', (socket) => this.serve(socket, rooms));
    }
    this.revocations.onRevoked((sessionId) => {
      for (const server of this.servers) server.in(sessionRoom(sessionId)).disconnectSockets(true);
    });
    await this.transport.observe(Object.keys(TOLD), (envelope) => this.tell(envelope));
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.close()));
  }

  private async admit(socket: Socket): Promise<void> {
    const token: unknown = (socket.handshake.auth as { token?: unknown }).token;
    if (typeof token !== 'string') throw refusal(new Unauthenticated('Connect with auth: { token }'));
    try {
      const bearer = await this.tokens.verify(token);
      if (bearer.mfa === 'due') throw new MfaEnrolmentRequired();
      const { headers } = socket.handshake;
      const identity = await this.exchange.identify(bearer, headers, asCaller(bearer, this.baseOf(socket)));
      // Whoever acts as somebody else spends their own allowance.
      const holder = holderRoom(identity.impersonatorId ?? identity.userId);
      this.assertRoomFor(holder);
      socket.data = { identity, userId: identity.userId };
      await socket.join([
        holder,
        tenantRoom(identity.tenantId),
        userRoom(identity.userId),
        sessionRoom(identity.sessionId),
      ]);
    } catch (error) {
      throw refusal(error);
    }
  }

  /** Each holds memory and listens to everything of its tenant. Nothing waits between this and joining. */
  private assertRoomFor(holder: string): void {
    const open = this.servers.reduce(
      (sum, server) => sum + (server.of('/').adapter.rooms.get(holder)?.size ?? 0),
      0,
    );
    const { SOCKETS_PER_USER: most } = this.config;
    if (open < most) return;
    throw new AppError(
      'rateLimited',
      'TOO_MANY_SOCKETS',
      `${most} sockets are open already: close one first`,
    );
  }

  private serve(socket: Socket, rooms: LiveRooms): void {
    // A socket that is still being let in is not found by the cut.
    if (this.revocations.isRevoked(identityOf(socket).sessionId)) {
      socket.disconnect(true);
      return;
    }
    const session: SocketSession = { socket, rpc: this.rpc, rooms, joined: new Set() };
    const allow = budget();
    let expiry = this.watchExpiry(socket);
    for (const [event, handler] of Object.entries(SOCKET_HANDLERS)) {
      socket.on(event, (...args: unknown[]) => {
        void this.answer(session, event, handler, args, allow);
      });
    }
    socket.on('auth:refresh', (...args: unknown[]) => {
      const refresh: SocketHandler = async (_session, input) => {
        await this.refresh(socket, parseAs(RefreshInput, input).token);
        clearTimeouts(expiry);
        expiry = this.watchExpiry(socket);
        return { expiresAt: new Date(identityOf(socket).expiresAt).toISOString() };
      };
      void this.answer(session, 'auth:refresh', refresh, args, allow);
    });
    socket.on('disconnect', () => {
      clearTimeouts(expiry);
      for (const conversationId of session.joined) rooms.leave(conversationId, socket.id);
    });
  }

  private async answer(
    session: SocketSession,
    event: string,
    handler: SocketHandler,
    args: unknown[],
    allow: () => boolean,
  ): Promise<void> {
    const acknowledge = args.at(-1);
    const input = typeof acknowledge === 'function' ? args[0] : args.at(-1);
    const reply = (answer: unknown): void => {
      if (typeof acknowledge === 'function') (acknowledge as (answer: unknown) => void)(answer);
    };
    const { socket } = session;
    const base = this.baseOf(socket);
    const { requestId } = base;
    try {
      if (!allow()) throw new AppError('rateLimited', 'RATE_LIMITED', 'Too many events');
      const result = await runAs(asCaller(identityOf(socket), base), async () => {
        await this.impersonations.hold('mode', effectOfEvent(event), { method: 'SOCKET', path: event });
        return handler(session, typeof input === 'function' ? {} : (input ?? {}));
      });
      reply(result ?? {});
    } catch (error) {
      if (!(error instanceof AppError)) this.logger.error({ err: error, event }, 'socket event failed');
      const { code, message, details } = toWireError(error);
      const conversationId = (input as { conversationId?: unknown } | undefined)?.conversationId;
      const facts = { code, message, requestId, ...(details ? { details } : {}) };
      socket.emit('agent:error', typeof conversationId === 'string' ? { conversationId, ...facts } : facts);
      socket.emit('error', { code, message });
      reply({ error: facts });
    }
  }

  private async refresh(socket: Socket, token: string): Promise<void> {
    const identity = await this.tokens.verify(token);
    if (identity.mfa === 'due') throw new MfaEnrolmentRequired();
    const { userId, tenantId, impersonationId } = identityOf(socket);
    const same = identity.userId === userId && identity.tenantId === tenantId;
    if (!same || identity.impersonationId !== impersonationId) {
      throw new Unauthenticated('The new token speaks for somebody else: connect anew');
    }
    await socket.join(sessionRoom(identity.sessionId));
    socket.data = { identity, userId };
  }

  private watchExpiry(socket: Socket): NodeJS.Timeout[] {
    const left = identityOf(socket).expiresAt - Date.now();
    return [
      setTimeout(
        () => socket.emit('auth:expiring', { inMs: WARN_BEFORE_EXPIRY_MS }),
        left - WARN_BEFORE_EXPIRY_MS,
      ),
      setTimeout(() => socket.disconnect(true), left),
    ].map((timer) => timer.unref());
  }

  private baseOf({ handshake: { address, headers } }: Socket): CallerContext {
    const ip = this.addressOf({ headers, socket: { remoteAddress: address } });
    return { requestId: newId(), roles: [], locale: 'en', ...(ip ? { ip } : {}) };
  }

  private tell({ meta, payload }: EventEnvelope): void {
    const name = TOLD[meta.type];
    if (!name || !meta.tenantId) return;
    const { transcript: _transcript, ...summary } = payload as Record<string, unknown>;
    for (const server of this.servers) server.to(tenantRoom(meta.tenantId)).emit(name, summary);
  }
}

const identityOf = (socket: Socket): TokenIdentity => (socket.data as { identity: TokenIdentity }).identity;

const clearTimeouts = (timers: NodeJS.Timeout[]): void => timers.forEach((timer) => clearTimeout(timer));

/** Socket.IO passes `data` of a connection error on to the client. */
function refusal(error: unknown): Error {
  const { code, message } = toWireError(error);
  return Object.assign(new Error(message), { data: { code, message } });
}

function budget(): () => boolean {
  let count = 0;
  let windowEnds = 0;
  return () => {
    const now = Date.now();
    if (now > windowEnds) {
      count = 0;
      windowEnds = now + WINDOW_MS;
    }
    count += 1;
    return count <= EVENTS_PER_WINDOW;
  };
}
