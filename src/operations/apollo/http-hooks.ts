import type { ApolloServerPlugin } from '@apollo/server';
import type { RequestContext } from '../../context.js';
import type { Logger } from '../../telemetry/logger.js';
import { ClientGoneError, RequestError } from '../request/request-error.js';

/**
 * The hooks of plugins that Apollo Server itself calls only over HTTP, called for requests on every transport. As in Apollo
 * Server, a hook that fails does not change the response.
 */
export class HttpHooks {
  readonly #plugins: readonly ApolloServerPlugin<RequestContext>[];
  readonly #logger: Logger;
  readonly #unauthenticated = new WeakSet();

  constructor(plugins: readonly ApolloServerPlugin<RequestContext>[], logger: Logger) {
    this.#plugins = plugins;
    this.#logger = logger;
  }

  /** Ignores errors that are not the client's. */
  async invalidRequest(error: unknown): Promise<void> {
    if (!(error instanceof RequestError) || error instanceof ClientGoneError || error.status >= 500) return;
    await this.#call('invalidRequestWasReceived', error);
  }

  /** @param request whose operations are authenticated one by one; the hook is called once for all */
  async authenticationFailed(error: unknown, request: object): Promise<void> {
    if (this.#unauthenticated.has(request)) return;
    this.#unauthenticated.add(request);
    await this.#call('contextCreationDidFail', error instanceof Error ? error : new Error(String(error)));
  }

  async #call(hook: 'invalidRequestWasReceived' | 'contextCreationDidFail', error: Error): Promise<void> {
    try {
      await Promise.all(this.#plugins.map(async (plugin) => plugin[hook]?.({ error })));
    } catch (failed) {
      this.#logger.error({ err: failed }, `The hook ${hook} of a plugin failed.`);
    }
  }
}
