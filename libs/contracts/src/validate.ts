import { plainToInstance } from 'class-transformer';
import { type ValidationError, validateSync } from 'class-validator';
import { type FieldFault, Invalid } from './errors';

export type DtoClass<T extends object> = new () => T;

/**
 * Where input comes from. A query string carries every value as text, a body carries types; both refuse unknown
 * fields. A message between services drops them: its sender may be one version ahead.
 */
export type InputSource = 'body' | 'query' | 'message';

function faultsOf(errors: ValidationError[], path = ''): FieldFault[] {
  return errors.flatMap((error) => {
    const field = path ? `${path}.${error.property}` : error.property;
    const own = Object.values(error.constraints ?? {}).map((message) => ({ field, message }));
    return [...own, ...faultsOf(error.children ?? [], field)];
  });
}

/**
 * Reads untrusted input as `type`.
 * @throws Invalid naming every faulty field
 */
export function parseAs<T extends object>(
  type: DtoClass<T>,
  input: unknown,
  source: InputSource = 'body',
): T {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new Invalid('Expected an object', [{ field: '', message: 'must be an object' }]);
  }
  const value = plainToInstance(type, input, { groups: [source], exposeUnsetFields: false });
  const errors = validateSync(value, {
    whitelist: true,
    forbidNonWhitelisted: source !== 'message',
    forbidUnknownValues: false,
    stopAtFirstError: true,
  });
  if (errors.length > 0) {
    const faults = faultsOf(errors);
    throw new Invalid(`Invalid input: ${faults.map((fault) => fault.field).join(', ')}`, faults);
  }
  return value;
}
