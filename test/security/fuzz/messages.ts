/** Random messages of `graphql-transport-ws`, most of them nearly right. */
import fc from 'fast-check';
import { mutated, operation } from './requests.js';
import { codePoint } from '../../lib/http1/code-point.js';

/** A WebSocket message. Binary messages have a byte for each character. */
export interface FuzzMessage {
  readonly text: string;
  readonly binary: boolean;
}

const id = fc.oneof(
  { weight: 40, arbitrary: fc.constantFrom<unknown>('1', '2', '3', '4', '5', '6') },
  fc.constantFrom<unknown>('', 5, null, {}, '__proto__', 'constructor', 'x'.repeat(10_000)),
);
const connectionParams = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom<unknown>({ Authorization: 'Bearer fuzz' }, undefined) },
  fc.constantFrom<unknown>(
    null,
    5,
    [],
    'a',
    { authorization: 5 },
    { Authorization: 'Bearer a\r\nx: y' },
    { 'x\n': 'y' },
    { headers: { authorization: 'Bearer b' } },
    { a: 'x'.repeat(20_000) },
    JSON.parse('{"__proto__":{"authorization":"Bearer c"}}'),
  ),
);

const message = fc.oneof(
  { weight: 1, arbitrary: fc.record({ type: fc.constant('connection_init'), payload: connectionParams }) },
  { weight: 24, arbitrary: fc.record({ type: fc.constant('subscribe'), id, payload: operation }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('complete'), id }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constantFrom('ping', 'pong'),
      payload: fc.constantFrom<unknown>(undefined, {}, 5),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constantFrom<unknown>('next', 'error', 'connection_ack', 'start', '', 5, null, '__proto__'),
      id,
      payload: fc.jsonValue({ maxDepth: 2 }),
    }),
  },
);

const text = fc.oneof(
  { weight: 60, arbitrary: message.map((value) => JSON.stringify(value)) },
  { weight: 1, arbitrary: message.chain((value) => mutated(JSON.stringify(value))) },
  { weight: 1, arbitrary: fc.json({ maxDepth: 3 }) },
  { weight: 1, arbitrary: fc.string({ unit: codePoint, maxLength: 40 }) },
  { weight: 1, arbitrary: fc.nat(3000).map((depth) => '['.repeat(depth)) },
);

/** Initialises a connection. */
export const INIT: FuzzMessage = {
  text: '{"type":"connection_init","payload":{"Authorization":"Bearer fuzz"}}',
  binary: false,
};

/** The messages of one connection, most of which begin as they should. */
export const fuzzMessages: fc.Arbitrary<readonly FuzzMessage[]> = fc
  .tuple(
    fc.oneof({ weight: 6, arbitrary: fc.constant([INIT]) }, fc.constant([])),
    fc.array(
      fc.record({
        text,
        binary: fc.oneof({ weight: 40, arbitrary: fc.constant(false) }, fc.constant(true)),
      }),
      { minLength: 1, maxLength: 8 },
    ),
  )
  .map(([first, others]) => [...first, ...others]);
