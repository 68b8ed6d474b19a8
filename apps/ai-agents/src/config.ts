import {
  baseShape,
  type ConfigOf,
  flag,
  integer,
  list,
  optionalText,
  optionalUrl,
  secret,
} from '@parley/platform';

export const agentsConfig = {
  ...baseShape,
  /** Without a key the sandbox answers. */
  ANTHROPIC_API_KEY: secret(optionalText()),
  /** Only used together with the key. */
  ANTHROPIC_BASE_URL: optionalUrl(),
  /** Per attempt, until the answer begins. */
  ANTHROPIC_TIMEOUT_MS: integer(30_000, 1),
  /** Before the answer begins; a broken stream is never resumed. */
  ANTHROPIC_MAX_RETRIES: integer(2),
  SANDBOX_URL: optionalUrl(),
  /** Production starts on the sandbox only when told so. */
  ALLOW_SANDBOX: flag(false),
  /** A model id, or a name of CHAT_MODEL_ALIASES; `claude-sonnet-5-5` by default. */
  CHAT_MODEL: optionalText(),
  /** `name=id` pairs: names the designs use for models that their vendor retires (C-58). */
  CHAT_MODEL_ALIASES: list([
    'claude-3-opus=claude-opus-5-5',
    'claude-opus-4=claude-opus-5-5',
    'claude-sonnet=claude-sonnet-5-5',
    'claude-haiku=claude-haiku-5-5',
  ]),
  CHAT_MAX_TOKENS: integer(4096, 1),
  /** How much of a conversation the model sees again, newest first. */
  CHAT_HISTORY_CHARACTERS: integer(48_000, 1),
  CHAT_HISTORY_MESSAGES: integer(60, 1),
  /** Longest silence of the model within an answer. */
  CHAT_IDLE_TIMEOUT_MS: integer(60_000, 1),
  CHAT_MESSAGES_PER_MINUTE: integer(20, 1),
  /** An answer whose process gave no sign of life for so long counts as interrupted. */
  CHAT_LEASE_MS: integer(15_000, 1),
  CHAT_SWEEP_INTERVAL_MS: integer(5_000, 1),
  /** How long running answers may go on when the service stops. */
  CHAT_SHUTDOWN_GRACE_MS: integer(20_000),
};

export type AgentsConfig = ConfigOf<typeof agentsConfig>;
