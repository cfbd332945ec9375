import type { PollLease } from './poll-lease.js';
import type { PollSchedule, PollDecision } from './poll-schedule.js';

export interface PollLoopDeps {
  readonly schedule: PollSchedule;
  readonly lease: PollLease;
  /** The longest time between two decisions, in milliseconds: often enough to extend a lease, and to take over that of a dead process. */
  readonly maxDelayMs: number;
  /** Does what the schedule has decided. */
  readonly carryOut: (decision: PollDecision) => Promise<void>;
  /** Called if that fails unexpectedly. The loop goes on. */
  readonly onError: (error: unknown) => void;
}

/** The timer of a watch: has what the schedule decides carried out, one decision after the other. */
export class PollLoop {
  readonly #deps: PollLoopDeps;
  #timer: NodeJS.Timeout | undefined;
  #isTicking = false;
  #isPolledElsewhere = false;
  #isStopped = false;

  constructor(deps: PollLoopDeps) {
    this.#deps = deps;
  }

  /** Does nothing if the loop has been started before. */
  start(): void {
    if (this.#timer !== undefined) return;
    this.#deps.schedule.start();
    this.#setTimer();
  }

  /** Adopts a change of the schedule. */
  reschedule(): void {
    if (this.#timer !== undefined && !this.#isTicking) this.#setTimer();
  }

  /** Stops the loop for good. A decision that is being carried out is finished. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  #setTimer(): void {
    clearTimeout(this.#timer);
    if (this.#isStopped) return;
    const { schedule, maxDelayMs } = this.#deps;
    const untilDue = Math.max(0, schedule.dueAt - performance.now());
    this.#timer = setTimeout(() => void this.#tick(), Math.min(untilDue, maxDelayMs)).unref();
  }

  async #tick(): Promise<void> {
    const { schedule, lease, carryOut, onError } = this.#deps;
    this.#isTicking = true;
    try {
      const wasPolledElsewhere = this.#isPolledElsewhere;
      this.#isPolledElsewhere = !(await lease.hold());
      const role = { wasPolledElsewhere, isPolledElsewhere: this.#isPolledElsewhere };
      await carryOut(schedule.decide(role, performance.now()));
    } catch (error) {
      onError(error);
    } finally {
      this.#isTicking = false;
      this.#setTimer();
    }
  }
}
