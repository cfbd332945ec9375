import { UsageError } from '../arguments.js';
import { parseStudyArguments } from './arguments.js';

test.each([
  [[], { quick: false, write: true, minutes: 10 }],
  [['--quick'], { quick: true, write: false, minutes: 1 }],
  [['--quick', '--write'], { quick: true, write: true, minutes: 1 }],
  [['--minutes=2.5'], { quick: false, write: true, minutes: 2.5 }],
])('parses %j', (args, expected) => {
  expect(parseStudyArguments(args)).toEqual(expected);
});

test.each([
  [['--minutes=0'], '--minutes'],
  [['--minutes=soon'], 'soon'],
  [['--only=proxy'], '--only'],
  [['list'], 'list'],
])('rejects %j in one line with the reason', (args, named) => {
  const parse = () => parseStudyArguments(args);
  expect(parse).toThrow(UsageError);
  expect(parse).toThrow(named);
  expect(parse).not.toThrow('\n');
});
