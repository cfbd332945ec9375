import { makeExactValidator, str } from 'envalid';
import { ConfigError } from './config-error.js';
import { wholeNumber } from './whole-number.js';

/** What the gateway tells its operators. */
export interface TelemetryConfig {
  /**
   * `METRICS_PORT` (none; 0 picks any free port): where `/metrics` is served for Prometheus, on `HOST`. In production and with
   * `WORKERS` nowhere else; otherwise on `PORT`, too.
   */
  readonly metricsPort: number | undefined;
  /** `SLOW_OPERATION_MS` (2000): an operation that takes longer is logged as a warning. 0 for never. */
  readonly slowOperationMs: number;
  /** Where and what traces are sent. Undefined where they are not. */
  readonly tracing: TracingConfig | undefined;
}

/** The other variables of OpenTelemetry, such as `OTEL_EXPORTER_OTLP_HEADERS`, are read by its SDK. */
interface TracingConfig {
  /**
   * `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` (none), or `OTEL_EXPORTER_OTLP_ENDPOINT` (none) followed by `/v1/traces`: the URL of a
   * collector that takes OTLP over HTTP.
   */
  readonly url: string;
  /**
   * `OTEL_EXPORTER_OTLP_TRACES_PROTOCOL` (none), or `OTEL_EXPORTER_OTLP_PROTOCOL` (http/protobuf, as OpenTelemetry recommends):
   * how spans are encoded.
   */
  readonly protocol: Protocol;
  /** `OTEL_SERVICE_NAME` (none): undefined for `service.name` of `OTEL_RESOURCE_ATTRIBUTES`, or else `fieldgate`. */
  readonly serviceName: string | undefined;
  /** `OTEL_TRACES_SAMPLER` (parentbased_always_on): which traces are recorded. */
  readonly sampler: Sampler;
  /** `OTEL_TRACES_SAMPLER_ARG` (1): the fraction of traces that the `traceidratio` samplers record, from 0 to 1. */
  readonly ratio: number;
}

const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;
type Sampler = (typeof SAMPLERS)[number];

/** OTLP over gRPC would need another client. Collectors that accept it also accept OTLP over HTTP, on another port. */
const PROTOCOLS = ['http/protobuf', 'http/json'] as const;
type Protocol = (typeof PROTOCOLS)[number];

const ratio = makeExactValidator<number>((input) => {
  const value = /^\d*\.?\d+$/.test(input) ? Number(input) : NaN;
  if (value >= 0 && value <= 1) return value;
  throw new Error('must be a number from 0 to 1');
});

function endpointIn(input: string): string {
  const url = URL.canParse(input) ? new URL(input) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw new Error('must be the http or https URL of a collector, like http://127.0.0.1:4318');
  }
  if (url.username !== '' || url.password !== '') {
    throw new Error('must not have a user or password; put credentials into OTEL_EXPORTER_OTLP_HEADERS');
  }
  return input;
}

const endpoint = makeExactValidator<string>(endpointIn);

/** `/v1/traces` comes after it. */
const baseEndpoint = makeExactValidator<string>((input) => {
  if (/[?#]/.test(input)) {
    throw new Error('must have no query or fragment; OTEL_EXPORTER_OTLP_TRACES_ENDPOINT may have a query');
  }
  return endpointIn(input);
});

/** The validators of the variables, for envalid. */
export const telemetryVariables = {
  METRICS_PORT: wholeNumber(0, 65_535)({ default: undefined }),
  SLOW_OPERATION_MS: wholeNumber(0, 600_000)({ default: 2000 }),
  OTEL_EXPORTER_OTLP_ENDPOINT: baseEndpoint({ default: undefined }),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: endpoint({ default: undefined }),
  OTEL_EXPORTER_OTLP_PROTOCOL: str({ default: undefined }),
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: str({ default: undefined }),
  OTEL_TRACES_EXPORTER: str({ default: 'otlp' }),
  OTEL_SDK_DISABLED: str({ default: 'false' }),
  OTEL_SERVICE_NAME: str({ default: undefined }),
  OTEL_TRACES_SAMPLER: str({ choices: SAMPLERS, default: 'parentbased_always_on' }),
  OTEL_TRACES_SAMPLER_ARG: ratio({ default: 1 }),
};

interface TelemetryEnvironment {
  readonly METRICS_PORT: number | undefined;
  readonly SLOW_OPERATION_MS: number;
  readonly OTEL_EXPORTER_OTLP_ENDPOINT: string | undefined;
  readonly OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: string | undefined;
  readonly OTEL_EXPORTER_OTLP_PROTOCOL: string | undefined;
  readonly OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: string | undefined;
  readonly OTEL_TRACES_EXPORTER: string;
  readonly OTEL_SDK_DISABLED: string;
  readonly OTEL_SERVICE_NAME: string | undefined;
  readonly OTEL_TRACES_SAMPLER: Sampler;
  readonly OTEL_TRACES_SAMPLER_ARG: number;
}

/** @throws {ConfigError} if traces are to be sent in a way that the gateway does not have */
export function telemetryConfig(env: TelemetryEnvironment): TelemetryConfig {
  return {
    metricsPort: env.METRICS_PORT,
    slowOperationMs: env.SLOW_OPERATION_MS,
    tracing: tracingConfig(env),
  };
}

function tracingConfig(env: TelemetryEnvironment): TracingConfig | undefined {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: base, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: traces } = env;
  const url = traces ?? (base === undefined ? undefined : `${base.replace(/\/+$/, '')}/v1/traces`);
  // OpenTelemetry takes every other value for false.
  const isOff = env.OTEL_SDK_DISABLED.toLowerCase() === 'true' || env.OTEL_TRACES_EXPORTER === 'none';
  // Platforms set the other variables for all programs, also for those that send nothing.
  if (url === undefined || isOff) return undefined;
  if (env.OTEL_TRACES_EXPORTER !== 'otlp') throw new ConfigError('OTEL_TRACES_EXPORTER must be otlp or none');
  return {
    url,
    protocol: protocolIn(env),
    serviceName: env.OTEL_SERVICE_NAME,
    sampler: env.OTEL_TRACES_SAMPLER,
    ratio: env.OTEL_TRACES_SAMPLER_ARG,
  };
}

function protocolIn(env: TelemetryEnvironment): Protocol {
  const name =
    env.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL === undefined
      ? 'OTEL_EXPORTER_OTLP_PROTOCOL'
      : 'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL';
  const given = env[name] ?? PROTOCOLS[0];
  const protocol = PROTOCOLS.find((each) => each === given);
  if (protocol !== undefined) return protocol;
  throw new ConfigError(
    `${name} must be ${PROTOCOLS.join(' or ')}, which collectors take at the port of OTLP over HTTP (4318), or not be set`,
  );
}
