import { performance } from 'node:perf_hooks';
import type { Config } from '../../config.js';
import type { Logger } from '../../telemetry/logger.js';
import type { CallQueue } from '../../upstream/upstream.js';
import { Admission } from './admission.js';
import { Door } from './door.js';
import { reportEpisodes } from './episodes.js';
import type { Exchange } from '../http/exchange.js';
import { PACE_MS, Places, type Work } from './places.js';
import { refuse } from './refusal.js';

export interface OverloadOptions {
  readonly config: Config;
  /** Calls that wait for others to end before they go upstream. */
  readonly queue: () => CallQueue;
  /** Whether the gateway closes, and wants no further request on a connection. */
  readonly isClosing: () => boolean;
  readonly logger: Logger;
}

/**
 * Lets in as many GraphQL requests as are good for all of them, and refuses those that are more than the process can do,
 * before anything is done for them.
 *
 * While there is no overload, a request costs a comparison and a few counters: how many may be in flight is settled ten
 * times a second, not for each.
 */
export class Overload {
  readonly #door: Door;
  readonly #queue: () => CallQueue;
  readonly #isClosing: () => boolean;
  readonly #looks: NodeJS.Timeout;
  #pace: NodeJS.Timeout | undefined;

  constructor({ config, queue, isClosing, logger }: OverloadOptions) {
    const admission = new Admission({
      maxInFlight: config.overload.maxRequestsInFlight,
      concurrency: config.demandApi.concurrency,
      processorWaitMs: config.overload.waitMs,
      // Who has waited for longer has less time left than was waited for.
      upstreamWaitMs: config.requestTimeoutMs / 2,
    });
    this.#door = new Door(admission, new Places(config.overload.maxRequestsInFlight));
    this.#queue = queue;
    this.#isClosing = isClosing;
    const report = reportEpisodes(logger);
    const workSince = watchWork(queue);
    this.#looks = setInterval(() => {
      const passed = this.#door.look(workSince());
      report({ ...passed, limit: Math.floor(admission.limit) });
    }, LOOK_MS).unref();
  }

  /** Has a request served by `serve`: at once, in a while, or not at all, in which case it is answered here. */
  admit(exchange: Exchange, serve: () => void): void {
    const door = this.#door;
    const letIn = () => {
      exchange.onOver((answered) => {
        door.leave(answered);
      });
      serve();
    };
    const turnAway = () => {
      refuse(exchange, this.#isClosing());
    };
    if (door.enter()) {
      letIn();
      return;
    }
    door.lineUp({ letIn, refuse: turnAway, isGone: () => exchange.isOver });
    this.#pace ??= this.#startPace();
  }

  close(): void {
    clearInterval(this.#looks);
    clearInterval(this.#pace);
  }

  #startPace(): NodeJS.Timeout {
    const workSince = watchWork(this.#queue);
    const pace = setInterval(() => {
      if (this.#door.isWaitedAt) {
        this.#door.pace(workSince());
      } else {
        clearInterval(pace);
        this.#pace = undefined;
      }
    }, PACE_MS).unref();
    return pace;
  }
}

/** @returns tells, at each call, what was worked since the one before */
function watchWork(queue: () => CallQueue): () => Work {
  let before = present(queue);
  return () => {
    const now = present(queue);
    const { active: busyMs, idle: idleMs } = performance.eventLoopUtilization(now.loop, before.loop);
    const turns = Math.max(1, now.turns - before.turns);
    const callsWait = now.waiting > 0 || now.waited > before.waited;
    before = now;
    return { busyMs, idleMs, turnMs: busyMs / turns, callsWait };
  };
}

function present(queue: () => CallQueue) {
  const { uvMetricsInfo } = performance.nodeTiming;
  return { loop: performance.eventLoopUtilization(), turns: uvMetricsInfo.loopCount, ...queue() };
}

const LOOK_MS = 100;
