const HOUR = 60;

/** Whole hours where it comes out even; `validMinutes` of the link. */
export function inEnglish(minutes: number): string {
  return minutes % HOUR === 0 ? counted(minutes / HOUR, 'hour') : counted(minutes, 'minute');
}

export function inFrench(minutes: number): string {
  return minutes % HOUR === 0 ? counted(minutes / HOUR, 'heure') : counted(minutes, 'minute');
}

const counted = (count: number, unit: string): string => `${count}\u00a0${unit}${count === 1 ? '' : 's'}`;
