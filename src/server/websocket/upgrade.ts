import type { IncomingHttpHeaders } from 'node:http';
import { GRAPHQL_TRANSPORT_WS_PROTOCOL } from 'graphql-ws';
import type { AllowedOrigins } from '../../config/exposure.js';
import { RequestError } from '../../operations/request/request-error.js';
import { pathOf } from '../http/request-path.js';
import { allowsOrigin } from '../http/shared-headers.js';

export interface UpgradeRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

interface UpgradeConditions {
  readonly isClosing: boolean;
  /** The origins whose pages may open a WebSocket: those that CORS allows. */
  readonly origins: AllowedOrigins;
}

const PATH = '/graphql';
/** RFC 6455, 4.1 */
const VERSION = '13';

/** Why an upgrade is rejected; undefined if it is accepted. */
export function upgradeError(
  { method, url = '', headers }: UpgradeRequest,
  { isClosing, origins }: UpgradeConditions,
): RequestError | undefined {
  if (pathOf(url) !== PATH) {
    return new RequestError(404, `There is no WebSocket at this path. GraphQL is at \`${PATH}\`.`);
  }
  if (method !== 'GET') {
    return new RequestError(405, 'A WebSocket is opened by `GET`.', { headers: { allow: 'GET' } });
  }
  if (!allowsOrigin(origins, headers.origin)) {
    return new RequestError(403, 'Pages of this origin may not open a WebSocket.', { code: 'FORBIDDEN' });
  }
  if (headers['sec-websocket-version'] !== VERSION) {
    return new RequestError(426, `The \`Sec-WebSocket-Version\` must be ${VERSION}.`, {
      headers: { 'sec-websocket-version': VERSION, upgrade: 'websocket' },
    });
  }
  if (!offers(headers['sec-websocket-protocol'], GRAPHQL_TRANSPORT_WS_PROTOCOL)) {
    return new RequestError(
      400,
      `The \`Sec-WebSocket-Protocol\` header must offer \`${GRAPHQL_TRANSPORT_WS_PROTOCOL}\`.`,
    );
  }
  if (!isClosing) return undefined;
  return new RequestError(503, 'The gateway is closing. Connect again.', {
    code: 'UPSTREAM_UNAVAILABLE',
    retryAfterSeconds: 1,
  });
}

function offers(protocols: string | undefined, wanted: string): boolean {
  return protocols?.split(',').some((protocol) => protocol.trim() === wanted) ?? false;
}
