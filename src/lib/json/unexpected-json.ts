/** A JSON text does not have what its reader expects. */
export class UnexpectedJson extends Error {
  override readonly name = 'UnexpectedJson';
}
