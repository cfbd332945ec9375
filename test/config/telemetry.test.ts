import { describe, expect, test } from '@jest/globals';
import { readConfig } from '../../src/config.js';
import { configError } from '../helpers/config-error.js';

const COLLECTOR = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' };

const tracing = (env: Readonly<Record<string, string>>) => readConfig(env).telemetry.tracing;

describe('Traces are sent', () => {
  test('to `/v1/traces` below the endpoint of all signals, or to the endpoint of traces unchanged', () => {
    expect(tracing({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318/' })?.url).toBe(
      'http://127.0.0.1:4318/v1/traces',
    );
    expect(tracing({ ...COLLECTOR, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://t.example/in' })?.url).toBe(
      'https://t.example/in',
    );
  });

  test.each([{ OTEL_TRACES_EXPORTER: 'otlp' }, { OTEL_SDK_DISABLED: 'false' }, { OTEL_SDK_DISABLED: '1' }])(
    'with %j',
    (env) => {
      expect(tracing({ ...COLLECTOR, ...env })?.url).toBe('http://127.0.0.1:4318/v1/traces');
    },
  );

  test.each([
    [{}, 'http/protobuf'],
    [{ OTEL_EXPORTER_OTLP_PROTOCOL: '' }, 'http/protobuf'],
    [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' }, 'http/json'],
    [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' }, 'http/protobuf'],
    [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json' }, 'http/json'],
  ])('with %j as %s', (env, protocol) => {
    expect(tracing({ ...COLLECTOR, ...env })?.protocol).toBe(protocol);
  });
});

describe('Traces are not sent', () => {
  test.each([
    {},
    { ...COLLECTOR, OTEL_SDK_DISABLED: 'true' },
    { ...COLLECTOR, OTEL_SDK_DISABLED: 'True' },
    { ...COLLECTOR, OTEL_TRACES_EXPORTER: 'none' },
    { ...COLLECTOR, OTEL_TRACES_EXPORTER: 'none', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
    // For other programs.
    { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_TRACES_EXPORTER: 'zipkin' },
  ])('with %j', (env) => {
    expect(tracing(env)).toBeUndefined();
  });
});

describe('What would be sent in a way that the collector does not expect is rejected', () => {
  test.each([
    [
      { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
      'OTEL_EXPORTER_OTLP_PROTOCOL must be http/protobuf or http/json',
    ],
    [
      { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json', OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'grpc' },
      'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL must be http/protobuf or http/json',
    ],
    [
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1/?key=planted' },
      'OTEL_EXPORTER_OTLP_ENDPOINT must have no query',
    ],
    [{ OTEL_TRACES_EXPORTER: 'zipkin' }, 'OTEL_TRACES_EXPORTER must be otlp or none'],
  ])('%j', (env, message) => {
    const rejected = configError({ ...COLLECTOR, ...env });
    expect(rejected).toContain(message);
    expect(rejected).not.toContain('planted');
  });
});
