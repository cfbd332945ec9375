import { PbfReader } from 'pbf';

export interface KeyValue {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly intValue?: number | string };
}

/** What the tests read of an `ExportTraceServiceRequest` (opentelemetry-proto, `trace_service.proto`). */
export interface Traces {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] };
    readonly scopeSpans: readonly { readonly spans: readonly RawSpan[] }[];
  }[];
}

export interface RawSpan {
  readonly name: string;
  /** Hexadecimal digits, as both ids. */
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly kind: number;
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly status: { readonly code: number };
  readonly attributes: readonly KeyValue[];
}

export function readTraces(body: Buffer, contentType: string | undefined): Traces {
  if (contentType === 'application/json') return JSON.parse(body.toString('utf8')) as Traces;
  if (contentType !== 'application/x-protobuf') throw new Error(`Not OTLP over HTTP: ${contentType}`);
  return { resourceSpans: fieldsOf(new PbfReader(body)).messages(1).map(resourceSpansOf) };
}

/** The fields of a message by their numbers. Those of the wire type 2 are left undecoded. */
class Fields {
  readonly #values = new Map<number, (Uint8Array | number)[]>();

  add(number: number, value: Uint8Array | number): void {
    const known = this.#values.get(number);
    if (known === undefined) this.#values.set(number, [value]);
    else known.push(value);
  }

  bytes(number: number): readonly Uint8Array[] {
    return (this.#values.get(number) ?? []).filter((value) => typeof value !== 'number');
  }

  messages(number: number): readonly Fields[] {
    return this.bytes(number).map((bytes) => fieldsOf(new PbfReader(bytes)));
  }

  text(number: number, encoding: 'utf8' | 'hex' = 'utf8'): string {
    return Buffer.from(this.bytes(number)[0] ?? []).toString(encoding);
  }

  number(number: number): number | undefined {
    return this.#values.get(number)?.find((value) => typeof value === 'number');
  }
}

const [VARINT, FIXED64, BYTES, FIXED32] = [0, 1, 2, 5];

function fieldsOf(reader: PbfReader): Fields {
  return reader.readFields((number, fields: Fields, { type }) => {
    if (type === BYTES) fields.add(number, reader.readBytes());
    else if (type === VARINT) fields.add(number, reader.readVarint());
    else if (type === FIXED64) reader.readFixed64();
    else if (type === FIXED32) reader.readFixed32();
  }, new Fields());
}

function resourceSpansOf(fields: Fields): Traces['resourceSpans'][number] {
  const [resource = new Fields()] = fields.messages(1);
  return {
    resource: { attributes: resource.messages(1).map(keyValueOf) },
    scopeSpans: fields.messages(2).map((scope) => ({ spans: scope.messages(2).map(spanOf) })),
  };
}

function spanOf(fields: Fields): RawSpan {
  return {
    traceId: fields.text(1, 'hex'),
    spanId: fields.text(2, 'hex'),
    parentSpanId: fields.text(4, 'hex'),
    name: fields.text(5),
    kind: fields.number(6) ?? 0,
    attributes: fields.messages(9).map(keyValueOf),
    links: fields.messages(13).map((link) => ({ traceId: link.text(1, 'hex'), spanId: link.text(2, 'hex') })),
    status: { code: fields.messages(15)[0]?.number(3) ?? 0 },
  };
}

function keyValueOf(fields: Fields): KeyValue {
  const [value = new Fields()] = fields.messages(2);
  const intValue = value.number(3);
  return {
    key: fields.text(1),
    value: {
      ...(value.bytes(1).length > 0 && { stringValue: value.text(1) }),
      ...(intValue !== undefined && { intValue }),
    },
  };
}
