import { newTrace, type TraceContext } from '../telemetry/trace-context.js';
import type { Tracer } from '../telemetry/tracer.js';
import { UpstreamError } from '../upstream/errors.js';
import { pathTemplate } from '../upstream/resources/path-template.js';

/**
 * Runs a poll in a trace of its own. It serves many subscriptions, most of which began long before, so that its span is linked to the
 * operation whose credential it reads with, and is not part of it.
 *
 * @param tracer undefined where nothing is traced
 * @param path of the resource, or of its list
 * @param subscribed the operation
 * @param read receives the trace that its calls are part of
 * @returns what `read` does: whether something was news
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
    const isNews = await read(span.trace);
    span.set('fieldgate.poll.result', isNews ? 'news' : 'nothing');
    return isNews;
  } catch (error) {
    span.set('fieldgate.poll.result', 'failed');
    // `_OTHER` is what the semantic conventions call an error without a class of its own.
    span.fail(error instanceof UpstreamError ? error.code : '_OTHER');
    throw error;
  } finally {
    span.end();
  }
}
