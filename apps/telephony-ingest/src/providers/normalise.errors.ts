/** An authentic event that cannot be read: the journal keeps it as dead, with this reason, for a better parser. */
export class MalformedPayload extends Error {
  override readonly name = 'MalformedPayload';
}
