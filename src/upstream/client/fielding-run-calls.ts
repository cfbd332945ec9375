import type * as rest from '../../contract/demand-api.js';
import { latin1Of } from '../http/body.js';
import type { Call, CallScope } from '../http/call.js';
import { isConfirmed, isMade, provesChange, type RunChange } from './change-outcome.js';
import { badResponse, UpstreamError } from '../errors.js';
import { periodIn } from './fielding-period.js';
import { noRecorder, type Recorder } from '../../telemetry/recorder.js';
import type { FieldingRunCache } from '../state/fielding-run-cache.js';
import type { HttpResponse } from '../http/http.js';
import { fieldingRunPath, type FieldingRunRef } from '../resources/resource-ref.js';
import type { ScopedTransport } from './scoped-transport.js';
import { bodies } from '../resources/validation.js';
import { entityTag, isOlder, isVersion, versionOfEntityTag } from '../resources/version.js';

/** The delays before a stale fielding run is reread, in milliseconds. */
const REREAD_AFTER_MS = [50, 200, 500];

/** A fielding run as it was read. `etagVersion` is undefined if the response had no valid entity tag. */
export interface FieldingRunRead {
  readonly run: rest.FieldingRun;
  readonly etagVersion: string | undefined;
}

/** The version of a run. The entity tag takes precedence over the body. */
export function versionOf({ etagVersion, run }: FieldingRunRead): string {
  return etagVersion ?? versionIn(run);
}

/**
 * The version in a body, which could be sent as an entity tag.
 *
 * @throws {UpstreamError} as for any malformed property
 */
export function versionIn({ version }: Pick<rest.FieldingRun, 'version'>): string {
  const text = String(version);
  if (isVersion(text)) return text;
  throw badResponse('The response of the Demand API has a missing or invalid `version`.', { status: 200 });
}

/** What is known of a fielding run after a successful change. */
export interface ActionOutcome {
  /** The run has this version or a later one. */
  readonly version: string;
  /** The new period, if the response contained it. */
  readonly period: rest.FieldingPeriod | undefined;
  /** The run, if it was read to confirm the change. */
  readonly read: FieldingRunRead | undefined;
}

export interface FieldingRunCallsDeps {
  readonly fieldingRuns: FieldingRunCache;
  /** The form of `If-Match`. */
  readonly ifMatch: 'weak' | 'strong';
  /** Default: records nothing. */
  readonly recorder?: Recorder;
}

/** Reads fielding runs with revalidation, and applies each change at most once. */
export class FieldingRunCalls {
  readonly #deps: FieldingRunCallsDeps;
  readonly #calls: ScopedTransport;
  readonly #credentialKey: string;

  constructor(
    deps: FieldingRunCallsDeps,
    calls: ScopedTransport,
    { credentialKey }: Pick<CallScope, 'credentialKey'>,
  ) {
    this.#deps = deps;
    this.#calls = calls;
    this.#credentialKey = credentialKey;
  }

  async get(ref: FieldingRunRef): Promise<FieldingRunRead | null> {
    const path = fieldingRunPath(ref);
    const cached = this.#deps.fieldingRuns.get(this.#credentialKey, path);
    const response = await this.#calls.get(
      path,
      cached === undefined ? undefined : { 'if-none-match': cached.entityTag },
    );
    const { recorder = noRecorder } = this.#deps;
    if (cached === undefined) recorder.cacheRead('miss');
    else recorder.cacheRead(response?.status === 304 ? 'revalidated' : 'changed');
    if (response?.status !== 304) return this.#runIn(response, path);
    const tag = response.header('etag') ?? cached?.entityTag;
    if (cached !== undefined && tag === cached.entityTag) {
      return { run: bodies.fieldingRun(cached.latin1), etagVersion: versionOfEntityTag(tag) };
    }
    return await this.#getPastCaches(path);
  }

  /**
   * Rereads a run whose state cannot be current: a replica behind the API may lag, usually for a moment.
   *
   * @returns the last state read, which may still be stale
   * @throws {UpstreamError} if a read fails
   */
  async reread(
    ref: FieldingRunRef,
    stale: FieldingRunRead,
    isStale: (read: FieldingRunRead) => boolean,
  ): Promise<FieldingRunRead | null> {
    const path = fieldingRunPath(ref);
    let read: FieldingRunRead | null = stale;
    for (const delay of REREAD_AFTER_MS) {
      if (read === null || !isStale(read) || !(await this.#calls.wait(delay))) break;
      read = await this.#getPastCaches(path);
    }
    return read;
  }

  async #getPastCaches(path: string): Promise<FieldingRunRead | null> {
    return this.#runIn(await this.#calls.get(path, { 'cache-control': 'no-cache' }), path);
  }

  #runIn(response: HttpResponse | null, path: string): FieldingRunRead | null {
    if (response === null) return null;
    const latin1 = latin1Of(response);
    const run = bodies.fieldingRun(latin1);
    const tag = response.header('etag');
    if (tag !== undefined) {
      this.#deps.fieldingRuns.set(this.#credentialKey, path, { entityTag: tag, latin1 });
    }
    return { run, etagVersion: versionOfEntityTag(tag) };
  }

  /**
   * Makes a change under `If-Match`.
   *
   * @param call without `If-Match`
   * @throws {UpstreamError} if the change was rejected, or its outcome is unknown (`outcomeUnknown`)
   */
  async change(ref: FieldingRunRef, change: RunChange, call: Omit<Call, 'kind'>): Promise<ActionOutcome> {
    const headers = { 'if-match': entityTag(change.from, this.#deps.ifMatch) };
    const before = this.#knownAt(ref, change.from);
    let response: HttpResponse;
    try {
      response = await this.#calls.write({ ...call, kind: 'conditional', headers });
    } catch (error) {
      if (!(error instanceof UpstreamError) || error.details.settledBy === undefined) throw error;
      const made = await this.#settle(ref, change.from, ({ run }, version) =>
        isMade(change, run, version, before),
      );
      if (made === undefined) throw error;
      return made;
    }
    const { status } = response;
    const version = versionOfEntityTag(response.header('etag'));
    if (provesChange(change, status, version)) {
      return { version, period: periodIn(response), read: undefined };
    }
    const confirmed = await this.#settle(ref, change.from, ({ run }, readVersion) =>
      isConfirmed(change, run, readVersion),
    );
    if (confirmed !== undefined) return confirmed;
    throw badResponse(
      'The Demand API accepted the change, but the fielding run does not show it. It is unknown whether the change was made.',
      { status, outcomeUnknown: true },
    );
  }

  /** The run at a version, if this credential has read it and it is still cached. */
  #knownAt(ref: FieldingRunRef, version: string): rest.FieldingRun | undefined {
    const known = this.#deps.fieldingRuns.get(this.#credentialKey, fieldingRunPath(ref));
    const isAtVersion = known !== undefined && versionOfEntityTag(known.entityTag) === version;
    return isAtVersion ? bodies.fieldingRun(known.latin1) : undefined;
  }

  /**
   * Reads a run to find out whether a change was made. A state no later than the client's version may come from a lagging
   * replica, and is reread.
   *
   * @returns undefined if the run does not show the change, or cannot be read
   */
  async #settle(
    ref: FieldingRunRef,
    from: string,
    isDone: (read: FieldingRunRead, version: string) => boolean,
  ): Promise<ActionOutcome | undefined> {
    try {
      let read = await this.get(ref);
      if (read === null) return undefined;
      const isOpen = (state: FieldingRunRead) => {
        const version = versionOf(state);
        return !isDone(state, version) && !isOlder(from, version);
      };
      read = await this.reread(ref, read, isOpen);
      if (read === null || !isDone(read, versionOf(read))) return undefined;
      return { version: versionOf(read), period: undefined, read };
    } catch (error) {
      if (error instanceof UpstreamError) return undefined;
      throw error;
    }
  }
}
