interface KnownModel {
  id: string;
  line: string;
  name: string;
}

const MODELS: readonly KnownModel[] = [
  { id: 'claude-opus-5-5', line: 'opus', name: 'Claude Opus 5.5' },
  { id: 'claude-sonnet-5-5', line: 'sonnet', name: 'Claude Sonnet 5.5' },
  { id: 'claude-haiku-5-5', line: 'haiku', name: 'Claude Haiku 5.5' },
  { id: 'claude-fable-5-2', line: 'fable', name: 'Claude Fable 5.2' },
  { id: 'claude-mythos-5-2', line: 'mythos', name: 'Claude Mythos 5.2' },
];

export function listModels(): object {
  return {
    data: MODELS.map(toModel),
    has_more: false,
    first_id: MODELS[0]?.id ?? null,
    last_id: MODELS.at(-1)?.id ?? null,
  };
}

export function findModel(id: string): object | undefined {
  const known = MODELS.find((model) => model.id === id);
  return known && toModel(known);
}

function toModel({ id, line, name }: KnownModel): object {
  return {
    type: 'model',
    id,
    line,
    display_name: name,
    created_at: '2026-10-01T00:00:00Z',
    lifecycle: 'active',
    deprecated_at: null,
    retires_at: null,
    max_input_tokens: 1_000_000,
    max_tokens: 128_000,
    capabilities: null,
  };
}
