/** Tells a running pump that more has come, also while it is not listening. */
export class Doorbell {
  private wake: () => void = () => undefined;
  rung = false;
  /** Settles at the next ring after `listen`. */
  ringing: Promise<void> = Promise.resolve();

  listen(): void {
    this.rung = false;
    this.ringing = new Promise((resolve) => (this.wake = resolve));
  }

  ring(): void {
    this.rung = true;
    this.wake();
  }
}
