import { FieldingRunStatus } from '../../contract/demand-api.js';

/** The bounds of a random value. */
export type Range = readonly [min: number, max: number];

/** The state that a target group is seeded in. Days are relative to seeding; progress is a fraction of the goal. */
export interface Scenario {
  /** Undefined for a draft. */
  readonly status: FieldingRunStatus | undefined;
  readonly archived?: true;
  readonly startDays: Range;
  readonly endDays: Range;
  readonly progress: Range;
  readonly version: Range;
}

const { Scheduled, Live, Paused, Completed } = FieldingRunStatus;

/** No run ends within three weeks on its own; scheduled runs go live one after the other for six weeks. */
export const scenarios = {
  draft: { status: undefined, startDays: [5, 20], endDays: [30, 50], progress: [0, 0], version: [0, 0] },
  scheduled: { status: Scheduled, startDays: [7, 42], endDays: [50, 80], progress: [0, 0], version: [1, 3] },
  live: { status: Live, startDays: [-20, -3], endDays: [25, 75], progress: [0.02, 0.85], version: [2, 6] },
  paused: { status: Paused, startDays: [-30, -8], endDays: [25, 60], progress: [0.1, 0.8], version: [3, 8] },
  pausedPastEnd: {
    status: Paused,
    startDays: [-60, -40],
    endDays: [-20, -2],
    progress: [0.2, 0.9],
    version: [3, 8],
  },
  pausedGoalReached: {
    status: Paused,
    startDays: [-30, -10],
    endDays: [25, 60],
    progress: [1, 1.05],
    version: [3, 8],
  },
  completed: {
    status: Completed,
    startDays: [-40, -20],
    endDays: [25, 60],
    progress: [0.3, 0.9],
    version: [3, 9],
  },
  completedPastEnd: {
    status: Completed,
    startDays: [-120, -60],
    endDays: [-50, -5],
    progress: [0.5, 0.99],
    version: [3, 9],
  },
  completedGoalReached: {
    status: Completed,
    startDays: [-90, -40],
    endDays: [25, 60],
    progress: [1, 1.05],
    version: [3, 9],
  },
  archived: {
    status: Completed,
    archived: true,
    startDays: [-200, -150],
    endDays: [-140, -100],
    progress: [0.8, 1.05],
    version: [4, 9],
  },
} as const satisfies Record<string, Scenario>;

export type ScenarioName = keyof typeof scenarios;
