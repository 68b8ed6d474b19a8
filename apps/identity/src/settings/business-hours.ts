import { type BusinessHours, type FieldFault } from '@parley/contracts';

const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

/** Every faulty interval: one that ends before it begins, or begins before the one above it ended. */
export function faultsOfBusinessHours(hours: BusinessHours): FieldFault[] {
  return DAYS.flatMap((day) => {
    let end = '';
    return (hours[day] ?? []).flatMap(({ opens, closes }, index) => {
      const field = `businessHours.${day}.${index}`;
      const overlaps = opens < end;
      end = closes;
      if (closes <= opens) return [{ field, message: 'must close later than it opens' }];
      return overlaps ? [{ field, message: 'must open after the interval before it closes' }] : [];
    });
  });
}
