/** How often a property is checked with random values: CI takes its time, and other runs add up. */
export function randomRuns(inCI: number, elsewhere: number): number {
  return process.env['CI'] === 'true' ? inCI : elsewhere;
}
