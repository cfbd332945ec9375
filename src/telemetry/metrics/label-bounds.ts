/**
 * Bounds the number of values that a label can have: values that clients choose must not fill the memory of Prometheus. The first
 * values stay; later ones become `other`.
 */
export class LabelBounds {
  readonly #max: number;
  readonly #known = new Set<string>();

  constructor(max: number) {
    this.#max = max;
  }

  /** @returns the value, or undefined if there are too many already */
  admit(value: string): string | undefined {
    if (this.#known.has(value)) return value;
    if (this.#known.size >= this.#max) return undefined;
    this.#known.add(value);
    return value;
  }
}
