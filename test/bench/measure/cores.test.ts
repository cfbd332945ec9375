import { shareCores } from './cores.js';

test.each([
  ['0-1', { contestants: '1', load: '0' }],
  ['0-7', { contestants: '7', load: '0,1,2,3,4,5,6' }],
  ['2,5-6', { contestants: '6', load: '2,5' }],
  ['3', undefined],
  ['', undefined],
])('splits the cores %s', (allowed, shared) => {
  expect(shareCores(allowed)).toEqual(shared);
});
