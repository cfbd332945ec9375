/** A row by its columns. */
export type Row = Readonly<Record<string, string | number | null>>;
