import {
  type CallerContext,
  type ConversationLiveEvent,
  type Conversation,
  conversationTopic,
  createConversation,
  type CreateConversationRequest,
  type MessageAccepted,
  type Operation,
  runAs,
  sendMessage,
} from '@parley/contracts';
import { InProcessTransport, RpcClient } from '@parley/messaging';
import { type RunningService, startService } from '@parley/platform';
import { aCaller, eventually, type TestDatabase, testDatabase } from '@parley/testing';
import {
  type AnthropicFailure,
  type AnthropicPace,
  type RunningSandbox,
  startSandbox,
} from '../../sandbox/src';
import { aiAgents } from '../src';

/** The service, its database and the sandbox it asks. */
export class ChatSuite {
  readonly transport = new InProcessTransport();
  readonly caller = aCaller();
  private readonly services: RunningService[] = [];

  private constructor(
    readonly database: TestDatabase,
    private readonly sandbox: RunningSandbox,
  ) {}

  static async start(env: Record<string, string> = {}): Promise<ChatSuite> {
    const database = await testDatabase([aiAgents]);
    const sandbox = await startSandbox({
      port: 0,
      twilioAuthToken: 'unused',
      vapiSecret: 'unused',
      anthropicPace: { firstTokenDelayMs: 5, chunkDelayMs: 2 },
    });
    const suite = new ChatSuite(database, sandbox);
    try {
      await suite.run(env);
    } catch (error) {
      await suite.close();
      throw error;
    }
    return suite;
  }

  async run(env: Record<string, string> = {}, transport = this.transport): Promise<RunningService> {
    const service = await startService(aiAgents, {
      env: {
        DATABASE_URL: this.database.urlOf('ai-agents'),
        NODE_ENV: 'test',
        SANDBOX_URL: this.sandbox.url,
        ANTHROPIC_MAX_RETRIES: '0',
        ...env,
      },
      transport,
      quiet: true,
    });
    this.services.push(service);
    return service;
  }

  async close(): Promise<void> {
    for (const service of this.services) await service.close();
    await this.sandbox.close();
    await this.database.remove();
  }

  ask<Request extends object, Response extends object>(
    operation: Operation<Request, Response>,
    request: Request,
    caller: CallerContext = this.caller,
    transport = this.transport,
  ): Promise<Response> {
    return runAs(caller, () => new RpcClient(transport).call(operation, request));
  }

  begin(
    request: CreateConversationRequest = { personaId: 'closer' },
    caller = this.caller,
  ): Promise<Conversation> {
    return this.ask(createConversation, request, caller);
  }

  send(conversationId: string, text: string, caller = this.caller): Promise<MessageAccepted> {
    return this.ask(sendMessage, { conversationId, text }, caller);
  }

  /** The sandbox keeps its pace until told otherwise; a failure is met once. */
  async model(change: Partial<AnthropicPace> & { failNext?: AnthropicFailure }): Promise<void> {
    await fetch(`${this.sandbox.url}/control/anthropic`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(change),
    });
  }

  listen(conversationId: string, transport = this.transport): Listener {
    return new Listener(transport, conversationId);
  }
}

/** What a socket would be sent. */
export class Listener {
  readonly events: ConversationLiveEvent[] = [];
  readonly stop: () => void;

  constructor(transport: InProcessTransport, conversationId: string) {
    this.stop = transport.onLive(conversationTopic(conversationId), (_topic, event) => {
      this.events.push(event as ConversationLiveEvent);
    });
  }

  of<Type extends ConversationLiveEvent['type']>(
    type: Type,
  ): Extract<ConversationLiveEvent, { type: Type }>[] {
    return this.events.filter(
      (event): event is Extract<ConversationLiveEvent, { type: Type }> => event.type === type,
    );
  }

  get text(): string {
    return this.of('chunk')
      .map(({ chunk }) => chunk)
      .join('');
  }

  /** Waits for the one event that ends an answer. */
  async end(): Promise<ConversationLiveEvent> {
    return eventually(() => {
      const last = this.events.at(-1);
      if (last?.type !== 'complete' && last?.type !== 'error') throw new Error('the answer has not ended');
      return last;
    });
  }

  async chunks(count: number): Promise<void> {
    await eventually(() => expect(this.of('chunk').length).toBeGreaterThanOrEqual(count));
  }
}
