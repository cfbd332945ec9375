import fc from 'fast-check';

/** What happens to webhook deliveries on their way to the gateways. */
export type Delivery = 'delivered' | 'lost' | 'late' | 'doubled' | 'reordered';

export type Step =
  /** Pauses or resumes a run, or moves the end of its period. */
  | { readonly kind: 'change'; readonly run: number; readonly period: boolean }
  /** Starts a batch job on all runs of the schedule, and subscribes to it. */
  | { readonly kind: 'job' }
  | { readonly kind: 'completes'; readonly run: number; readonly count: number }
  | { readonly kind: 'deliveries'; readonly are: Delivery }
  /** Drops the connections of the subscribers, without a word. */
  | { readonly kind: 'cut' }
  /** Subscribes once more. */
  | { readonly kind: 'join'; readonly run: number }
  /** Kills a gateway, which starts again. */
  | { readonly kind: 'kill'; readonly gateway: number }
  /** Stops Redis until the next such step. */
  | { readonly kind: 'redis' };

/** What happens, each step so many milliseconds after the one before. */
export type Schedule = readonly (readonly [afterMs: number, step: Step])[];

const run = fc.nat(2);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('change' as const), run, period: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('job' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('completes' as const),
      run,
      count: fc.integer({ min: 1, max: 20 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('deliveries' as const),
      are: fc.constantFrom<Delivery>('delivered', 'lost', 'late', 'doubled', 'reordered'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cut' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('join' as const), run }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('kill' as const), gateway: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('redis' as const) }) },
);

const after = fc.oneof({ weight: 2, arbitrary: fc.nat(10) }, { weight: 1, arbitrary: fc.nat(150) });

export const schedule: fc.Arbitrary<Schedule> = fc.array(fc.tuple(after, step), {
  minLength: 4,
  maxLength: 16,
  size: 'max',
});
