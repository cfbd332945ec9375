import { UsageError } from '../arguments.js';
import { parseStudyArguments } from './arguments.js';

test.each([
  [[], { quick: false, write: true, minutes: 10 }],
  [['--quick'], { quick: true, write: false, minutes: 1 }],
  [['--quick', '--write'], { quick: true, write: true, minutes: 1 }],
  [['--minutes=2.5'], { quick: false, write: true, minutes: 2.5 }],
])('%j', (args, expected) => {
  expect(parseStudyArguments(args)).toEqual(expected);
});

test.each([
  [['--minutes=0'], '--minutes'],
  [['--minutes=soon'], 'soon'],
  [['--only=proxy'], '--only'],
  [['list'], 'list'],
])('%j is refused in one line that says why', (args, named) => {
  const parse = () => parseStudyArguments(args);
  expect(parse).toThrow(UsageError);
  expect(parse).toThrow(named);
  expect(parse).not.toThrow('\n');
});
