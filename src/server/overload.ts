import type { IncomingMessage, ServerResponse } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { Config } from '../config.js';
import type { Logger } from '../telemetry/logger.js';
import { Admission } from './admission.js';
import { Door } from './door.js';
import { reportEpisodes } from './episodes.js';
import { refuse } from './refusal.js';

export interface OverloadOptions {
  readonly config: Config;
  /** Whether the gateway closes, and wants no further request on a connection. */
  readonly isClosing: () => boolean;
  readonly logger: Logger;
}

/**
 * Refuses GraphQL requests that are more than the process can do, before anything is done for them.
 *
 * While there is no overload, a request costs a comparison and a few counters: how many may be in flight is settled ten
 * times a second, not for each.
 */
export class Overload {
  readonly #door: Door;
  readonly #isClosing: () => boolean;
  readonly #timer: NodeJS.Timeout;

  constructor({ config, isClosing, logger }: OverloadOptions) {
    const admission = new Admission({
      maxInFlight: config.overload.maxRequestsInFlight,
      concurrency: config.demandApi.concurrency,
      processorWaitMs: config.overload.waitMs,
      // Who has waited for longer has less time left than was waited for.
      upstreamWaitMs: config.requestTimeoutMs / 2,
    });
    const door = new Door(admission);
    const report = reportEpisodes(logger);

    let before = performance.eventLoopUtilization();
    this.#timer = setInterval(() => {
      const now = performance.eventLoopUtilization();
      const { active, idle } = performance.eventLoopUtilization(now, before);
      before = now;
      const passed = door.look({ busyMs: active, idleMs: idle });
      report({ ...passed, limit: Math.floor(admission.limit) });
    }, LOOK_MS).unref();
    this.#door = door;
    this.#isClosing = isClosing;
  }

  /** Has a request served by `serve`: at once, in a while, or not at all, in which case it is answered here. */
  admit(request: IncomingMessage, response: ServerResponse, serve: () => void): void {
    const door = this.#door;
    const letIn = () => {
      response.on('close', () => {
        door.leave(response.writableFinished);
      });
      serve();
    };
    const turnAway = () => {
      refuse(request, response, this.#isClosing());
    };
    if (door.enter()) letIn();
    else door.lineUp({ letIn, refuse: turnAway, isGone: () => response.destroyed });
  }

  close(): void {
    clearInterval(this.#timer);
  }
}

const LOOK_MS = 100;
