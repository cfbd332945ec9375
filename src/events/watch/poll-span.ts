import { newTrace, type TraceContext } from '../../telemetry/trace-context.js';
import type { Tracer } from '../../telemetry/tracer.js';
import { UpstreamError } from '../../upstream/errors.js';
import { pathTemplate } from '../../upstream/resources/path-template.js';

/**
 * Runs a poll in a new trace. A poll serves many subscriptions, most of which began long before, so its span is not a child of the
 * operation whose credential it uses, but has a link to it.
 *
 * @param tracer undefined where nothing is traced
 * @param path of the resource, or of its list
 * @param subscribed the operation
 * @param read receives the trace that its calls are part of
 * @returns the result of `read`: whether it found a new state
 */
export async function tracedPoll(
  tracer: Tracer | undefined,
  path: string,
  subscribed: TraceContext,
  read: (trace: TraceContext) => Promise<boolean>,
): Promise<boolean> {
  if (tracer === undefined) return await read(newTrace());
  const attributes = { 'fieldgate.poll.resource': pathTemplate(path) };
  const span = tracer.start('internal', 'subscription poll', newTrace(), attributes, subscribed);
  try {
    const isChanged = await read(span.trace);
    span.set('fieldgate.poll.result', isChanged ? 'changed' : 'unchanged');
    return isChanged;
  } catch (error) {
    span.set('fieldgate.poll.result', 'failed');
    // OpenTelemetry's semantic conventions: `_OTHER` stands for an error without a known type.
    span.fail(error instanceof UpstreamError ? error.code : '_OTHER');
    throw error;
  } finally {
    span.end();
  }
}
