import { parse } from 'content-type';

/** An element of an `Accept` header (RFC 9110, 12.5.1), with its names in lower case. */
export interface MediaRange {
  readonly type: string;
  /** Values are without quotes and escapes. */
  readonly parameters: Readonly<Record<string, string | undefined>>;
  /** 1 if none is given, 0 for a type that is not accepted, `NaN` if it is no number. */
  readonly weight: number;
}

export function mediaRangesIn(accept: string): readonly MediaRange[] {
  const ranges: MediaRange[] = [];
  for (let start = 0; start < accept.length;) {
    const { type, parameters, index } = parse(accept, { comma: true, start });
    const { q: weight = '1' }: MediaRange['parameters'] = parameters;
    ranges.push({ type, parameters, weight: parseFloat(weight) });
    start = index + 1;
  }
  return ranges;
}

/** The type in a `Content-Type` header, in lower case. */
export function typeIn(contentType: string): string {
  return parse(contentType, { parameters: false }).type;
}

export function charsetIn(contentType: string): string | undefined {
  const { charset }: MediaRange['parameters'] = parse(contentType).parameters;
  return charset;
}
