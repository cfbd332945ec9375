import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Clock } from '../clock.js';
import { ApiRequest, type ControlState } from './api-request.js';

/**
 * Adds each request of `app` to the request log, and applies its fault.
 *
 * @returns finds the `ApiRequest` of a request; undefined if the request failed before the hooks ran
 */
export function trackRequests(
  app: FastifyInstance,
  controlState: ControlState,
  clock: Clock,
): (request: FastifyRequest) => ApiRequest | undefined {
  const apiRequests = new WeakMap<FastifyRequest, ApiRequest>();
  app.addHook('onRequest', async (request, reply) => {
    const apiRequest = new ApiRequest(request, reply, controlState, clock.now());
    apiRequests.set(request, apiRequest);
    await apiRequest.start();
  });
  return (request) => apiRequests.get(request);
}
