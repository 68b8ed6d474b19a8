import { applyDecorators } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsEmail,
  IsIn,
  IsInt,
  IsISO8601,
  IsObject,
  IsOptional,
  IsString,
  IsUrl,
  IsUUID,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { normalizePhone } from './phone';

/**
 * One decorator per field gives type, validation and documentation at once. `optional` means the field may
 * be left out; `nullable` that it may be null.
 */
interface FieldOptions {
  optional?: boolean;
  nullable?: boolean;
  description?: string;
  example?: unknown;
}

type Rule = PropertyDecorator;

function field(options: FieldOptions, api: ApiPropertyOptions, rules: Rule[]): PropertyDecorator {
  const { optional, nullable, description, example } = options;
  const presence: Rule[] = [];
  if (optional) presence.push(IsOptional());
  else if (nullable) presence.push(ValidateIf((_object, value: unknown) => value !== null));
  const documented = {
    ...api,
    required: !optional,
    ...(nullable ? { nullable } : {}),
    ...(description ? { description } : {}),
    ...(example === undefined ? {} : { example }),
  } as ApiPropertyOptions;
  return applyDecorators(ApiProperty(documented), ...presence, ...rules);
}

/** Query strings carry text; bodies and messages must already have the right type. */
const fromQuery = (convert: (text: string) => unknown): Rule =>
  Transform(({ value, options }): unknown =>
    options.groups?.includes('query') && typeof value === 'string' ? convert(value) : (value as unknown),
  );

/** Text without NUL (PostgreSQL cannot store it), 1 to `max` characters unless `min` says otherwise. */
export function Text(options: FieldOptions & { min?: number; max?: number; pattern?: RegExp } = {}) {
  const { min = 1, max = 255, pattern } = options;
  const rules = [IsString(), Length(min, max), Matches(/^[^\u0000]*$/, { message: 'must not contain NUL' })];
  if (pattern) rules.push(Matches(pattern));
  return field(options, { type: String, minLength: min, maxLength: max }, rules);
}

export function Uuid(options: FieldOptions = {}) {
  return field(options, { type: String, format: 'uuid' }, [IsUUID()]);
}

export function Email(options: FieldOptions = {}) {
  const trim = Transform(({ value }): unknown => (typeof value === 'string' ? value.trim() : value));
  return field(options, { type: String, format: 'email', maxLength: 254 }, [trim, IsEmail(), MaxLength(254)]);
}

export function Int(options: FieldOptions & { min?: number; max?: number } = {}) {
  const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = options;
  const bounds = {
    ...(options.min === undefined ? {} : { minimum: min }),
    ...(options.max === undefined ? {} : { maximum: max }),
  };
  return field(options, { type: 'integer', ...bounds }, [fromQuery(Number), IsInt(), Min(min), Max(max)]);
}

export function Bool(options: FieldOptions = {}) {
  const convert = (text: string) => (text === 'true' ? true : text === 'false' ? false : text);
  return field(options, { type: Boolean }, [fromQuery(convert), IsBoolean()]);
}

/** An instant, ISO 8601 with zone. */
export function Instant(options: FieldOptions = {}) {
  return field(options, { type: String, format: 'date-time', example: '2026-11-20T14:05:00.000Z' }, [
    IsISO8601({ strict: true, strictSeparator: true }),
    Matches(/T.*(Z|[+-]\d\d:?\d\d)$/, { message: 'must be an instant with a time zone' }),
  ]);
}

/** A calendar day, `YYYY-MM-DD`. */
export function Day(options: FieldOptions = {}) {
  return field(options, { type: String, format: 'date', example: '2026-11-20' }, [
    Matches(/^\d{4}-\d{2}-\d{2}$/, { message: 'must be a day as YYYY-MM-DD' }),
    IsISO8601({ strict: true }),
  ]);
}

/** E.164 after normalisation; North American numbers may come without country code (BR-074). */
export function Phone(options: FieldOptions = {}) {
  const normalize = Transform(({ value }): unknown =>
    typeof value === 'string' ? (normalizePhone(value) ?? value) : value,
  );
  const rule = Matches(/^\+[1-9]\d{6,14}$/, { message: 'must be a phone number, such as +15145550100' });
  return field(options, { type: String, example: '+15145550100' }, [normalize, rule]);
}

/** http(s) only; whether the target may be called is decided by the service that calls it. */
export function HttpUrl(options: FieldOptions = {}) {
  return field(options, { type: String, format: 'uri', maxLength: 2048 }, [
    IsUrl({ protocols: ['http', 'https'], require_protocol: true, require_tld: false }),
    MaxLength(2048),
  ]);
}

export function OneOf(values: readonly string[], options: FieldOptions = {}) {
  return field(options, { type: String, enum: [...values] }, [IsIn([...values])]);
}

/** An object of free shape; use only where the shape is the caller's own. */
export function Json(options: FieldOptions = {}) {
  return field(options, { type: 'object', additionalProperties: true }, [IsObject()]);
}

export function Nested(type: () => new () => object, options: FieldOptions = {}) {
  return field(options, { type: () => type() }, [IsObject(), ValidateNested(), Type(type)]);
}

export function ListOf(type: () => new () => object, options: FieldOptions & { max?: number } = {}) {
  const { max = 1000 } = options;
  // A function of its own: Swagger knows a lazy type by the name `type`.
  return field(options, { type: () => type(), isArray: true, maxItems: max }, [
    IsArray(),
    ArrayMaxSize(max),
    ValidateNested({ each: true }),
    Type(type),
  ]);
}

export function Texts(options: FieldOptions & { max?: number; in?: readonly string[] } = {}) {
  const { max = 100 } = options;
  const rules: Rule[] = [IsArray(), ArrayMaxSize(max), IsString({ each: true })];
  if (options.in) rules.push(IsIn([...options.in], { each: true }));
  const api = options.in ? { enum: [...options.in] } : {};
  return field(options, { type: String, isArray: true, maxItems: max, ...api }, rules);
}
