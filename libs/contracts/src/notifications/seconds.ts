import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsInt, IsOptional, Max, Min } from 'class-validator';

const DAY = 86_400;

/** Waits before attempt 2, 3, …, in seconds; the last repeats. May be left out or null: exponential backoff. */
export function Seconds(): PropertyDecorator {
  const each = { each: true };
  return applyDecorators(
    ApiProperty({
      type: 'array',
      items: { type: 'integer', minimum: 0, maximum: DAY },
      required: false,
      nullable: true,
      maxItems: 30,
      description: 'Seconds before attempt 2, 3, …; the last repeats. null for the exponential default',
      example: [5, 300, 1800],
    }),
    IsOptional(),
    IsArray(),
    ArrayMinSize(1),
    ArrayMaxSize(30),
    IsInt(each),
    Min(0, each),
    Max(DAY, each),
  );
}
