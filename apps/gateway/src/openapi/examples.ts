import type { OpenAPIObject } from '@nestjs/swagger';

export type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;
export type Schema = Schemas[string];
type Inline = Exclude<Schema, { $ref: string }>;

const BY_FORMAT: Readonly<Record<string, unknown>> = {
  uuid: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0021',
  'date-time': '2026-11-20T14:05:00.000Z',
  date: '2026-11-20',
  email: 'elise@plomberie-tremblay.ca',
  uri: 'https://www.plomberie-tremblay.ca/hooks/parley',
};

export const refName = (ref: string): string => ref.slice(ref.lastIndexOf('/') + 1);

/** A value a schema allows, from its fields' own examples. */
export function exampleOf(schema: Schema, schemas: Schemas, within: readonly string[] = []): unknown {
  if ('$ref' in schema) {
    const name = refName(schema.$ref);
    const target = schemas[name];
    return target && !within.includes(name) ? exampleOf(target, schemas, [...within, name]) : null;
  }
  if (schema.example !== undefined) return schema.example as unknown;
  if (schema.enum) return (schema.enum as unknown[])[0];
  const [only] = schema.allOf ?? schema.oneOf ?? [];
  if (only) return exampleOf(only, schemas, within);
  return byType(schema, schemas, within);
}

function byType(schema: Inline, schemas: Schemas, within: readonly string[]): unknown {
  switch (schema.type) {
    case 'array':
      return schema.items ? [exampleOf(schema.items, schemas, within)] : [];
    case 'boolean':
      return true;
    case 'integer':
    case 'number':
      return schema.minimum ?? 1;
    case 'string':
      return BY_FORMAT[schema.format ?? ''] ?? (schema.nullable ? null : 'text');
    default:
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([name, field]) => [
          name,
          exampleOf(field, schemas, within),
        ]),
      );
  }
}

/** Texts nobody gave an example of: `Schema.field`. */
export function fieldsWithoutExample(name: string, schemas: Schemas): string[] {
  const schema = schemas[name];
  if (!schema || '$ref' in schema) return [];
  return Object.entries(schema.properties ?? {}).flatMap(([field, each]) => {
    if ('$ref' in each || each.type !== 'string' || each.nullable) return [];
    const known = each.example !== undefined || each.enum || (each.format && each.format in BY_FORMAT);
    return known ? [] : [`${name}.${field}`];
  });
}
