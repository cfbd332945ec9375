import type { Call, CallScope } from '../../../../src/upstream/http/call.js';
import type { Config } from '../../../../src/config.js';
import { Breakers } from '../../../../src/upstream/resilience/breakers.js';
import { Cooldowns } from '../../../../src/upstream/resilience/cooldowns.js';
import { FieldingRunCache } from '../../../../src/upstream/state/fielding-run-cache.js';
import type { HttpResponse } from '../../../../src/upstream/http/http.js';
import { RetryBudget } from '../../../../src/upstream/resilience/retry-budget.js';
import { SingleFlight } from '../../../../src/upstream/resilience/single-flight.js';
import { Semaphore } from '../../../../src/upstream/resilience/semaphore.js';
import type { UpstreamParts } from '../../../../src/upstream/upstream.js';

class NoBreakers extends Breakers {
  override execute(_call: unknown, send: (isProbe: boolean) => Promise<HttpResponse>): Promise<HttpResponse> {
    return send(false);
  }
}

class NoBudget extends RetryBudget {
  override countCall(): void {
    // Whatever is tried again is allowed.
  }

  override takeRetry(): boolean {
    return true;
  }
}

class NoCooldowns extends Cooldowns {
  override start(): void {
    // Nobody waits.
  }

  override remaining(): undefined {
    return undefined;
  }
}

class NoSemaphore extends Semaphore {
  override acquire(): undefined {
    return undefined;
  }

  override release(): void {
    // Nobody waits.
  }
}

class NoSharing extends SingleFlight {
  override read(
    call: Call,
    scope: CallScope,
    start: (call: Call, scope: CallScope) => Promise<HttpResponse>,
  ): Promise<HttpResponse> {
    return start(call, scope);
  }
}

class NoFieldingRuns extends FieldingRunCache {
  override get(): undefined {
    return undefined;
  }

  override set(): void {
    // Every run is read whole.
  }
}

/**
 * What the upstream layer can do without, each part with one in its place that does nothing. Not the validation of bodies,
 * which is in the way they are read.
 */
export const WITHOUT = {
  'single-flight': () => ({ flights: new NoSharing() }),
  'conditional-reads': () => ({ fieldingRuns: new NoFieldingRuns() }),
  breaker: ({ demandApi }: Config) => ({ breakers: new NoBreakers(demandApi.breaker) }),
  'retry-budget': ({ demandApi: { retry } }: Config) => ({
    budget: new NoBudget({ share: retry.budgetShare, floor: retry.budgetFloor }),
  }),
  cooldowns: () => ({ cooldowns: new NoCooldowns() }),
  semaphore: ({ demandApi }: Config) => ({ semaphore: new NoSemaphore(demandApi.concurrency) }),
} satisfies Readonly<Record<string, (config: Config) => Partial<UpstreamParts>>>;

export type PartName = keyof typeof WITHOUT;
