/** The interface that all HTTP clients of the upstream layer implement: `src/lib/http1`, and those based on libraries. */
export {
  HttpFailure,
  type HttpClient,
  type HttpClientOptions,
  type HttpFailureKind,
  type HttpHeaders,
  type HttpRequest,
  type HttpResponse,
  type HttpSend,
} from '../../lib/http1/http1-client.js';
