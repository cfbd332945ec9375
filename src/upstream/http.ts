/** What every HTTP client of the upstream layer speaks: that of `src/lib/http1`, and those on libraries. */
export {
  HttpFailure,
  type HttpClient,
  type HttpClientOptions,
  type HttpFailureKind,
  type HttpHeaders,
  type HttpRequest,
  type HttpResponse,
  type HttpSend,
} from '../lib/http1/http1-client.js';
