import type { FastifyReply, FastifyRequest } from 'fastify';
import { continueTrace, nextTraceparent, type TraceContext } from '../../telemetry/trace-context.js';
import type { LoggedRequest, RequestLog } from '../control/request-log.js';
import type { Delays } from '../faults/delays.js';
import type { FaultRules } from '../faults/fault-rules.js';
import type { FaultRule } from '../faults/rule.js';
import { substituteOf, writeSpoilt } from '../faults/spoil.js';
import type { HttpAnswer } from './answer.js';

/** What the control surface has to do with requests. */
export interface Interference {
  readonly faults: FaultRules;
  readonly delays: Delays;
  readonly requests: RequestLog;
}

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
    const [path = ''] = url.split('?', 1);
    this.#rule = interference.faults.take(
      method,
      path.startsWith(BASE_PATH) ? path.slice(BASE_PATH.length) : path,
    );
    reply.raw.once('close', () => {
      if (!reply.raw.writableFinished) this.#entry.status = null;
    });
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
    else await this.#writeSpoilt(substituteOf(rule) ?? answer, rule);
    return this.reply;
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
    await writeSpoilt(this.reply.raw, answer, this.#traceHeaders(), rule, this.interference.delays);
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
