import type { Config } from '../../config.js';
import type { SharedState } from '../../state/shared-state.js';
import type { Logger } from '../../telemetry/logger.js';
import type { Recorder } from '../../telemetry/recorder.js';
import type { Tracer } from '../../telemetry/tracer.js';

/** Dependencies of most parts of the gateway. */
export interface Basics {
  readonly config: Config;
  readonly sharedState: SharedState;
  readonly recorder: Recorder;
  /** Undefined without tracing. */
  readonly tracer: Tracer | undefined;
  readonly logger: Logger;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}
