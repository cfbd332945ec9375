import { reportEpisodes } from '../../src/server/overload/episodes.js';

function reporting() {
  const lines: [string, object][] = [];
  const note = (level: string) => (values: object) => void lines.push([level, values]);
  return { lines, report: reportEpisodes({ warn: note('warn'), info: note('info') }) };
}

const refused = { refused: 3, inFlight: 10, limit: 10 };
const none = { refused: 0, inFlight: 1, limit: 1000 };

test('what is not overloaded says nothing', () => {
  const { lines, report } = reporting();
  for (let nth = 0; nth < 100; nth++) report(none);
  expect(lines).toEqual([]);
});

test('an episode has a line at its beginning and one at its end, with what was refused in all', () => {
  const { lines, report } = reporting();
  report(refused);
  for (let nth = 0; nth < 49; nth++) report(none);
  report(refused);
  expect(lines).toEqual([['warn', { inFlight: 10, limit: 10 }]]);
  for (let nth = 0; nth < 100; nth++) report(none);
  expect(lines.slice(1)).toEqual([['info', { refused: 6 }]]);
});

test('the next one has lines of its own', () => {
  const { lines, report } = reporting();
  for (const turn of [refused, none]) for (let nth = 0; nth < 50; nth++) report(turn);
  report(refused);
  expect(lines.map(([level]) => level)).toEqual(['warn', 'info', 'warn']);
});
