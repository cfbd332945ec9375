import { parseArguments, UsageError } from './arguments.js';

const NAMES = ['proxy', 'fieldgate'];

test.each([
  [[], { mode: 'full', write: true }],
  [['--quick'], { mode: 'quick', write: false }],
  [['--quick', '--write'], { mode: 'quick', write: true }],
  [['--check'], { mode: 'check', write: false }],
  [['--record'], { mode: 'record', write: false }],
  [['--only=proxy'], { write: false, contestants: ['proxy'], operations: undefined }],
  [['--operations=run,list'], { write: false, contestants: undefined, operations: ['run', 'list'] }],
])('parses %j', (args, expected) => {
  expect(parseArguments(args, NAMES)).toMatchObject(expected);
});

test.each([
  [['--fast'], '--fast'],
  [['run'], 'run'],
  [['--quick=yes'], '--quick'],
  [['--quick', '--check'], '--check'],
  [['--check', '--write'], '--write'],
  [['--record', '--only=proxy'], '--only'],
  [['--only=proxy,mercury'], 'mercury'],
  [['--operations='], '--operations'],
])('rejects %j in one line with the reason', (args, named) => {
  const parse = () => parseArguments(args, NAMES);
  expect(parse).toThrow(UsageError);
  expect(parse).toThrow(named);
  expect(parse).not.toThrow('\n');
});
