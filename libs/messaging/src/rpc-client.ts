import { currentCaller, fromWireError, type Operation, parseAs, toContextHeaders } from '@parley/contracts';
import { activeTraceHeaders } from './tracing';
import type { RpcReply, Transport } from './transport';

/** Asks other services. Every call carries the caller's context and has an end. */
export class RpcClient {
  constructor(private readonly transport: Transport) {}

  /** @throws AppError as the other service refused, or Unavailable / TimedOut when it did not answer */
  async call<Request extends object, Response extends object>(
    operation: Operation<Request, Response>,
    request: Request,
  ): Promise<Response> {
    return JSON.parse(await this.forward(operation, request)) as Response;
  }

  /** As `call`, but hands on the answer as JSON text, unread: what the edge sends to its client as it is. */
  async forward<Request extends object>(
    operation: Operation<Request, object>,
    request: Request,
  ): Promise<string> {
    const valid = request instanceof operation.request ? request : parseAs(operation.request, request);
    const reply: RpcReply = await this.transport.request({
      service: operation.service,
      operation: operation.name,
      body: JSON.stringify(valid),
      headers: { ...toContextHeaders(currentCaller()), ...activeTraceHeaders() },
      timeoutMs: operation.timeoutMs,
    });
    if ('error' in reply) throw fromWireError(reply.error);
    return reply.body;
  }
}
