import type { ServiceName } from '@parley/contracts';
import type { ServiceProcess, ServiceProcesses } from '../../apps/standalone/src/service-processes';
import type { Random } from './random';

/** Kills a randomly chosen service every few seconds and starts it again. */
export class Killer {
  readonly kills = new Map<ServiceName, number>();
  private running = true;
  private readonly loop: Promise<void>;

  constructor(
    private readonly processes: ServiceProcesses,
    private readonly services: ReadonlyMap<ServiceName, ServiceProcess>,
    private readonly random: Random,
    private readonly everyMs: number,
  ) {
    this.loop = this.haunt();
  }

  /** Lets the service that is being restarted come up, then rests. */
  async stop(): Promise<void> {
    this.running = false;
    await this.loop;
  }

  private async haunt(): Promise<void> {
    while (this.running) {
      await new Promise((resolve) => setTimeout(resolve, this.everyMs * (0.5 + this.random.next())));
      if (!this.running) return;
      const victim = this.random.pick([...this.services.values()]);
      await this.processes.kill(victim.name);
      this.kills.set(victim.name, (this.kills.get(victim.name) ?? 0) + 1);
      await this.processes.start(victim);
    }
  }
}
