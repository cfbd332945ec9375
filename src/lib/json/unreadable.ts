/** What stands in a JSON text is not what its reader can read. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}
