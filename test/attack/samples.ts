import type { AnyOperation } from './doors';

/** Where @nestjs/swagger keeps what `@ApiProperty` says; its constants are not exported. */
const FIELDS = 'swagger/apiModelPropertiesArray';
const FIELD = 'swagger/apiModelProperties';

interface Field {
  type?: unknown;
  isArray?: boolean;
  enum?: unknown[];
  example?: unknown;
  required?: boolean;
  format?: string;
  minimum?: number;
  minLength?: number;
}

/** What an operation wants beyond its required fields, or by a pattern. */
const BY_OPERATION: Readonly<Record<string, object>> = {
  'identity.mfa.totp-confirm': { code: '123456' },
  'agents.personas.recommend': { goal: 'sell' },
};

const BY_FORMAT: Readonly<Record<string, unknown>> = {
  uuid: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0021',
  email: 'nobody@example.test',
  uri: 'https://example.com/hook',
};

/** A request the operation takes seriously: what its own description says every field may hold, the optional ones left out. */
export function sampleOf({ name, request }: AnyOperation): Record<string, unknown> {
  return { ...sampleOfType(request), ...BY_OPERATION[name] };
}

function sampleOfType(type: new () => object): Record<string, unknown> {
  const prototype = type.prototype as object;
  const names = (Reflect.getMetadata(FIELDS, prototype) ?? []) as string[];
  return Object.fromEntries(
    names.flatMap((entry) => {
      const name = entry.replace(/^:/, '');
      const field = Reflect.getMetadata(FIELD, prototype, name) as Field;
      return field.required === false ? [] : [[name, valueOf(field)]];
    }),
  );
}

function valueOf(field: Field): unknown {
  if (field.example !== undefined) return field.example;
  const { enum: choices } = field;
  const one = choices ? choices[0] : byType(field);
  return field.isArray && !Array.isArray(one) ? [one] : one;
}

function byType({ type, format, minimum, minLength = 1 }: Field): unknown {
  if (format && format in BY_FORMAT) return BY_FORMAT[format];
  if (type === 'integer') return minimum ?? 1;
  if (type === Boolean) return true;
  if (type === String) return 'x'.repeat(minLength);
  if (typeof type === 'function') return sampleOfType((type as () => new () => object)());
  return {};
}
