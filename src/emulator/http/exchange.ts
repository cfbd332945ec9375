import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { continueTrace, nextTraceparent, type TraceContext } from '../../telemetry/trace-context.js';
import type { LoggedRequest, RequestLog } from '../control/request-log.js';
import type { Delays } from '../faults/delays.js';
import type { FaultRules } from '../faults/fault-rules.js';
import type { FaultRule } from '../faults/rule.js';
import type { Replica } from '../faults/replica.js';
import { substituteOf, withEntityTag, writeSpoilt } from '../faults/spoil.js';
import type { HttpAnswer } from './answer.js';

/** What the control surface has to do with requests. */
export interface Interference {
  readonly faults: FaultRules;
  readonly delays: Delays;
  readonly requests: RequestLog;
  readonly replica: Replica;
}

const REQUEST_TIMEOUT = 'HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n';

/** How many requests have come on a connection. */
const requestsOn = new WeakMap<Socket, number>();

export const BASE_PATH = '/v1';

/** One request on its way to its answer: its trace, its entry in the log, and the fault that befalls it, if any. */
export class Exchange {
  readonly trace: TraceContext;
  readonly #entry: LoggedRequest;
  readonly #rule: FaultRule | undefined;

  constructor(
    readonly request: FastifyRequest,
    private readonly reply: FastifyReply,
    private readonly interference: Interference,
    now: number,
  ) {
    const { method, url, headers } = request;
    this.trace = continueTrace(this.header('traceparent'), this.header('tracestate'));
    this.#entry = interference.requests.add({ at: now, method, path: url, headers });
    requestsOn.set(request.raw.socket, this.#requestsSoFar() + 1);
    this.#rule = interference.faults.take(method, this.path);
    reply.raw.once('close', () => {
      if (!reply.raw.writableFinished) this.#entry.status = null;
    });
  }

  /** Below the base, without the query. */
  get path(): string {
    const [path = ''] = this.request.url.split('?', 1);
    return path.startsWith(BASE_PATH) ? path.slice(BASE_PATH.length) : path;
  }

  readonly header = (name: string): string | undefined => {
    const value = this.request.headers[name];
    return typeof value === 'string' ? value : undefined;
  };

  /** Lets a fault happen that comes before the request is carried out; it may answer, or cut the connection. */
  async begin(): Promise<void> {
    const rule = this.#rule;
    if (rule === undefined || rule.after_effect === true || !(await this.#delay(rule))) return;
    const substitute = substituteOf(rule);
    if (rule.reset === true) this.#reset();
    else if (substitute !== undefined) await this.#writeSpoilt(substitute, rule);
  }

  /** Answers, as the fault lets it. */
  async answer(answer: HttpAnswer): Promise<FastifyReply> {
    const rule = this.#rule;
    if (rule === undefined) return this.#write(answer);
    if (rule.after_effect === true && !(await this.#delay(rule))) return this.reply;
    if (rule.reset === true) this.#reset();
    else await this.#writeSpoilt(substituteOf(rule) ?? this.#asReplica(rule) ?? answer, rule);
    return this.reply;
  }

  #asReplica(rule: FaultRule): HttpAnswer | undefined {
    if (rule.stale !== true || this.request.method !== 'GET') return undefined;
    return this.interference.replica.read(this.path);
  }

  #write({ status, headers, body }: HttpAnswer): FastifyReply {
    this.#entry.status = status;
    this.reply.code(status).headers({ ...this.#traceHeaders(), ...headers });
    if (body === undefined) return this.reply.send();
    return this.reply.type('application/json').send(JSON.stringify(body));
  }

  async #writeSpoilt(answer: HttpAnswer, rule: FaultRule): Promise<void> {
    this.reply.hijack();
    if (rule.truncate !== true) this.#entry.status = answer.status;
    const spoilt = withEntityTag(answer, rule, this.header('if-match'));
    await writeSpoilt(this.reply.raw, spoilt, this.#traceHeaders(), rule, this.interference.delays);
    if (rule.idle_timeout_ms !== undefined) void this.#closeWhenIdle(rule.idle_timeout_ms);
  }

  async #closeWhenIdle(milliseconds: number): Promise<void> {
    const { socket } = this.request.raw;
    const requests = this.#requestsSoFar();
    const passed = await this.interference.delays.wait(milliseconds);
    if (passed && !socket.destroyed && requests === this.#requestsSoFar()) socket.end(REQUEST_TIMEOUT);
  }

  #requestsSoFar(): number {
    return requestsOn.get(this.request.raw.socket) ?? 0;
  }

  #reset(): void {
    this.reply.hijack();
    this.request.raw.socket.resetAndDestroy();
  }

  /** Waits as the rule says. Where that is called off the connection ends, and the answer is false. */
  async #delay(rule: FaultRule): Promise<boolean> {
    if (await this.interference.delays.wait(rule.delay_ms)) return true;
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
