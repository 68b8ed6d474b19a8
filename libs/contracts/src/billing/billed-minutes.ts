/** What a call or session costs: started minutes, nothing for none (BR-030, C-21). The only place that rounds. */
export function billedMinutes(seconds: number): number {
  return Math.ceil(seconds / 60);
}
