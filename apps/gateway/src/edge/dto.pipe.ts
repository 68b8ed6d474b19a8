import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import { type DtoClass, parseAs } from '@parley/contracts';

const PLAIN = new Set<unknown>([String, Number, Boolean, Array, Object]);

/** Reads bodies, queries and paths as the class the controller asks for; unknown fields are refused. */
@Injectable()
export class DtoPipe implements PipeTransform {
  transform(value: unknown, { metatype, type }: ArgumentMetadata): unknown {
    if (!metatype || PLAIN.has(metatype) || type === 'custom') return value;
    return parseAs(metatype as DtoClass<object>, value ?? {}, type === 'body' ? 'body' : 'query');
  }
}
