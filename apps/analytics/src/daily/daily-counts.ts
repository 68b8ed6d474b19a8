/** The figures of a day, by column of `daily_metrics`, with what each is over the call facts of that day. */
export const CALL_COUNTS = {
  calls: 'count(*)',
  inbound: "count(*) FILTER (WHERE direction = 'inbound')",
  outbound: "count(*) FILTER (WHERE direction = 'outbound')",
  ai_handled: 'count(*) FILTER (WHERE ai_handled)',
  booked: "count(*) FILTER (WHERE outcome = 'booked')",
  missed: 'count(*) FILTER (WHERE missed)',
  transferred: "count(*) FILTER (WHERE outcome = 'transferred')",
  seconds: 'sum(duration_seconds)',
  billed_minutes: 'sum(billed_minutes)',
  provider_cost_cents: 'sum(coalesce(provider_cost_cents, 0))',
} as const;

export type CallCountColumn = keyof typeof CALL_COUNTS;
export type CountColumn = CallCountColumn | 'sms_in';

export const CALL_COLUMNS = Object.keys(CALL_COUNTS) as CallCountColumn[];
export const COUNT_COLUMNS: readonly CountColumn[] = [...CALL_COLUMNS, 'sms_in'];

export type Counts = Readonly<Record<CountColumn, number>>;

export const NO_COUNTS: Counts = {
  calls: 0,
  inbound: 0,
  outbound: 0,
  ai_handled: 0,
  booked: 0,
  missed: 0,
  transferred: 0,
  seconds: 0,
  billed_minutes: 0,
  provider_cost_cents: 0,
  sms_in: 0,
};

export function plus(a: Counts, b: Counts): Counts {
  return mapCounts((column) => a[column] + b[column]);
}

export function minus(a: Counts, b: Counts): Counts {
  return mapCounts((column) => a[column] - b[column]);
}

export const isNothing = (counts: Counts): boolean => COUNT_COLUMNS.every((column) => counts[column] === 0);

function mapCounts(count: (column: CountColumn) => number): Counts {
  return Object.fromEntries(COUNT_COLUMNS.map((column) => [column, count(column)])) as Record<
    CountColumn,
    number
  >;
}
