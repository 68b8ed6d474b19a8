import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { IsNumber, Max, Min, ValidateIf } from 'class-validator';

/** A part of a whole, 0 to 1; null when there is no whole. */
export function Ratio(options: { description?: string } = {}): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ type: Number, minimum: 0, maximum: 1, nullable: true, example: 0.25, ...options }),
    ValidateIf((_object, value: unknown) => value !== null),
    IsNumber(),
    Min(0),
    Max(1),
  );
}
