/** Current when this was written; vendors retire models, so settings decide. */
const DEFAULT_MODEL = 'claude-sonnet-5-5';

/** "Claude 3 Opus" and `claude-3-opus` are the same name. */
const keyOf = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replace(/[\s_]+/g, '-');

/**
 * The model id to ask for: what an alias stands for, or the name as it is.
 * @throws Error when an alias is not written `name=id`
 */
export function resolveModel(name: string | undefined, aliases: readonly string[]): string {
  const wanted = name ?? DEFAULT_MODEL;
  const ids = new Map(
    aliases.map((pair) => {
      const [alias = '', id = ''] = pair.split('=').map((part) => part.trim());
      if (!alias || !id) throw new Error(`CHAT_MODEL_ALIASES: "${pair}" is not name=id`);
      return [keyOf(alias), id];
    }),
  );
  return ids.get(keyOf(wanted)) ?? wanted;
}
