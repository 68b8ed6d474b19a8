/** Work that goes on after a request was answered; `settled` lets a shutdown wait for it. */
export class Background {
  private readonly running = new Set<Promise<void>>();

  start(work: () => Promise<unknown>, onFault: (error: unknown) => void): void {
    const job = work()
      .then(() => undefined, onFault)
      .finally(() => this.running.delete(job));
    this.running.add(job);
  }

  async settled(): Promise<void> {
    await Promise.all(this.running);
  }
}
