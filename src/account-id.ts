const MAX_INT32 = 2 ** 31 - 1;

/** Whether `id` is an account id: a non-negative 32-bit integer in its canonical form, so that `0101` and `1e2` are none. */
export function isAccountId(id: string): boolean {
  return /^(?:0|[1-9]\d{0,9})$/.test(id) && Number(id) <= MAX_INT32;
}
