import type { StreamFormat } from '../../operations/request/negotiation.js';
import type { Delivery } from '../../operations/response/operation-stream.js';

/** How deliveries are written to an HTTP response. */
export interface StreamFraming {
  readonly contentType: string;
  /** Written first, so that clients and proxies see the response at once. */
  readonly start: string;
  /** Keeps the connection open while nothing happens. */
  readonly heartbeat: string;
  frame(delivery: Delivery): string;
}

/**
 * Server-Sent Events in the "distinct connections mode" of `graphql-sse`
 * (https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md).
 */
const eventStream: StreamFraming = {
  contentType: 'text/event-stream; charset=utf-8',
  start: ':\n\n',
  heartbeat: ':\n\n',
  frame(delivery) {
    switch (delivery.kind) {
      case 'result':
        return next(delivery.text);
      case 'completed':
        return COMPLETE;
      case 'failed':
      case 'expired':
        return next(`{"errors":${delivery.errors}}`) + COMPLETE;
      case 'closing':
        // `complete` ends the subscription for the client; without it, the client reconnects.
        return '';
    }
  },
};

const COMPLETE = 'event: complete\ndata:\n\n';

/** JSON has no line breaks. */
function next(json: string): string {
  return `event: next\ndata: ${json}\n\n`;
}

/**
 * Multipart HTTP of Apollo (https://www.apollographql.com/docs/graphos/routing/operations/subscriptions/multipart-protocol).
 * Clients process a part when they see the next boundary, so each part is written with the boundary that follows it.
 */
const multipart: StreamFraming = {
  contentType: 'multipart/mixed;boundary="graphql";subscriptionSpec="1.0"',
  start: '\r\n--graphql',
  heartbeat: part('{}'),
  frame(delivery) {
    switch (delivery.kind) {
      case 'result':
        return part(`{"payload":${delivery.text}}`);
      case 'completed':
        return LAST;
      case 'failed':
      case 'expired':
        return part(`{"payload":null,"errors":${delivery.errors}}`) + LAST;
      case 'closing':
        // The last boundary ends the subscription for Apollo Client; without it, the connection counts as broken.
        return '';
    }
  },
};

/** Follows a boundary. */
const LAST = '--\r\n';

function part(json: string): string {
  return `\r\ncontent-type: application/json\r\n\r\n${json}\r\n--graphql`;
}

export const framings: Readonly<Record<StreamFormat, StreamFraming>> = {
  'event-stream': eventStream,
  multipart,
};
