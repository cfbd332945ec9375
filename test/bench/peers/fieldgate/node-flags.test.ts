import { nodeFlags } from './node-flags.js';

test.each([
  ['npm run --silent build && node dist/main.js', []],
  [
    'node --max-semi-space-size=64 --enable-source-maps dist/main.js',
    ['--max-semi-space-size=64', '--enable-source-maps'],
  ],
])('%s', (script, flags) => {
  expect(nodeFlags(script, 'dist/main.js')).toEqual(flags);
});

test.each(['', 'npm run build', 'node dist/other.js', 'npx dist/main.js'])(
  '%s starts something else',
  (script) => {
    expect(() => nodeFlags(script, 'dist/main.js')).toThrow('does not end with');
  },
);
