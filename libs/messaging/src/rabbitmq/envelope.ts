import { type EventEnvelope, type EventMeta, isUuid, newId } from '@parley/contracts';
import type { MessageProperties, Options } from 'amqplib';

/** CloudEvents attributes in AMQP: id and type as properties, the rest as headers; the body is the payload. */
export function toPublishOptions({ meta }: EventEnvelope): Options.Publish {
  const { id, type, time, ...attributes } = meta;
  return {
    persistent: true,
    messageId: id,
    type,
    contentType: 'application/json',
    headers: { 'ce-specversion': '1.0', 'ce-time': time, ...attributes },
  };
}

/** Never throws: what cannot be read is handed on as it is, and refused by the handler's validation. */
export function fromMessage(content: Buffer, properties: MessageProperties): EventEnvelope {
  const { 'ce-time': time, 'ce-specversion': _version, ...attributes } = properties.headers ?? {};
  const meta = {
    ...Object.fromEntries(Object.entries(attributes).filter(([name]) => !name.startsWith('x-'))),
    id: isUuid(String(properties.messageId)) ? String(properties.messageId) : newId(),
    type: String(properties.type),
    time: String(time),
  } as unknown as EventMeta;
  return { meta, payload: readJson(content.toString()) };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return { malformed: text };
  }
}
