import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { continueTrace, nextTraceparent, type TraceContext } from '../../telemetry/trace-context.js';
import type { LoggedRequest, RequestLog } from '../control/request-log.js';
import type { Delays } from '../faults/delays.js';
import type { FaultRules } from '../faults/fault-rules.js';
import type { FaultRule } from '../faults/rule.js';
import type { Replica } from '../faults/replica.js';
import { substituteResponse, withEntityTag, writeFaulty } from '../faults/faulty-response.js';
import type { HttpResponse } from './response.js';

/** The state behind the control surface that affects requests. */
export interface ControlState {
  readonly faults: FaultRules;
  readonly delays: Delays;
  readonly requests: RequestLog;
  readonly replica: Replica;
}

const REQUEST_TIMEOUT = 'HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n';

/** The number of requests received on each connection. */
const requestCounts = new WeakMap<Socket, number>();

export const BASE_PATH = '/v1';

/** One request to the API, with its trace, its entry in the request log, and the fault to apply, if any. */
export class ApiRequest {
  readonly trace: TraceContext;
  readonly #entry: LoggedRequest;
  readonly #rule: FaultRule | undefined;

  constructor(
    readonly request: FastifyRequest,
    private readonly reply: FastifyReply,
    private readonly controlState: ControlState,
    now: number,
  ) {
    const { method, url, headers } = request;
    this.trace = continueTrace(this.header('traceparent'), this.header('tracestate'));
    this.#entry = controlState.requests.add({ at: now, method, path: url, headers });
    requestCounts.set(request.raw.socket, this.#requestsSoFar() + 1);
    this.#rule = controlState.faults.take(method, this.path);
    reply.raw.once('close', () => {
      if (!reply.raw.writableFinished) this.#entry.status = null;
    });
  }

  /** The path below the base, without the query. */
  get path(): string {
    const [path = ''] = this.request.url.split('?', 1);
    return path.startsWith(BASE_PATH) ? path.slice(BASE_PATH.length) : path;
  }

  readonly header = (name: string): string | undefined => {
    const value = this.request.headers[name];
    return typeof value === 'string' ? value : undefined;
  };

  /** Applies a fault that precedes the processing of the request; this may send a response or close the connection. */
  async start(): Promise<void> {
    const rule = this.#rule;
    if (rule === undefined || rule.after_effect === true || !(await this.#delay(rule))) return;
    const substitute = substituteResponse(rule);
    if (rule.reset === true) this.#reset();
    else if (substitute !== undefined) await this.#writeFaulty(substitute, rule);
  }

  /** Sends the response, with the fault applied. */
  async respond(response: HttpResponse): Promise<FastifyReply> {
    const rule = this.#rule;
    if (rule === undefined) return this.#write(response);
    if (rule.after_effect === true && !(await this.#delay(rule))) return this.reply;
    if (rule.reset === true) this.#reset();
    else await this.#writeFaulty(substituteResponse(rule) ?? this.#staleResponse(rule) ?? response, rule);
    return this.reply;
  }

  #staleResponse(rule: FaultRule): HttpResponse | undefined {
    if (rule.stale !== true || this.request.method !== 'GET') return undefined;
    return this.controlState.replica.read(this.path);
  }

  #write({ status, headers, body }: HttpResponse): FastifyReply {
    this.#entry.status = status;
    this.reply.code(status).headers({ ...this.#traceHeaders(), ...headers });
    if (body === undefined) return this.reply.send();
    return this.reply.type('application/json').send(JSON.stringify(body));
  }

  async #writeFaulty(response: HttpResponse, rule: FaultRule): Promise<void> {
    this.reply.hijack();
    if (rule.truncate !== true) this.#entry.status = response.status;
    const faulty = withEntityTag(response, rule, this.header('if-match'));
    await writeFaulty(this.reply.raw, faulty, this.#traceHeaders(), rule, this.controlState.delays);
    if (rule.idle_timeout_ms !== undefined) void this.#closeWhenIdle(rule.idle_timeout_ms);
  }

  async #closeWhenIdle(milliseconds: number): Promise<void> {
    const { socket } = this.request.raw;
    const requests = this.#requestsSoFar();
    const passed = await this.controlState.delays.wait(milliseconds);
    if (passed && !socket.destroyed && requests === this.#requestsSoFar()) socket.end(REQUEST_TIMEOUT);
  }

  #requestsSoFar(): number {
    return requestCounts.get(this.request.raw.socket) ?? 0;
  }

  #reset(): void {
    this.reply.hijack();
    this.request.raw.socket.resetAndDestroy();
  }

  /** Delays as the rule says. Returns false, and closes the connection, if the delay is cancelled. */
  async #delay(rule: FaultRule): Promise<boolean> {
    if (await this.controlState.delays.wait(rule.delay_ms)) return true;
    this.reply.hijack();
    this.request.raw.socket.destroy();
    return false;
  }

  #traceHeaders(): Record<string, string> {
    const { traceState } = this.trace;
    return {
      traceparent: nextTraceparent(this.trace),
      ...(traceState !== undefined && { tracestate: traceState }),
    };
  }
}
