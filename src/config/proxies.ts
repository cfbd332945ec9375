import { makeExactValidator, str } from 'envalid';
import { isExempt } from './no-proxy.js';

export interface ProxyConfig {
  /** Without user and password, e.g. `http://proxy.example:3128`. */
  readonly url: string;
  /** Value of `Proxy-Authorization`, if the URL has a user or a password. A secret. */
  readonly authorization: string | undefined;
}

export interface Proxies {
  readonly http: ProxyConfig | undefined;
  readonly https: ProxyConfig | undefined;
  /** The value of `NO_PROXY`. */
  readonly none: string;
}

const proxyUrl = makeExactValidator<ProxyConfig>((input) => {
  const text = /^[a-z][a-z\d+.-]*:\/\//i.test(input) ? input : `http://${input}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw new Error('must be the http or https URL of a proxy, like http://proxy.example:3128');
  }
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    throw new Error('must not have a path, query or fragment');
  }
  return { url: url.origin, authorization: basicCredentials(url) };
});

/** `Basic` credentials (RFC 7617), if the URL has a user or a password. */
function basicCredentials({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  try {
    const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    return `Basic ${Buffer.from(credentials).toString('base64')}`;
  } catch {
    throw new Error('must have a percent-encoded user and password');
  }
}

/** The validators of the variables of proxies. Lowercase names take precedence. */
export const proxyVariables = {
  HTTP_PROXY: proxyUrl({ default: undefined }),
  http_proxy: proxyUrl({ default: undefined }),
  HTTPS_PROXY: proxyUrl({ default: undefined }),
  https_proxy: proxyUrl({ default: undefined }),
  NO_PROXY: str({ default: '' }),
  no_proxy: str({ default: undefined }),
};

type Name = 'HTTP_PROXY' | 'HTTPS_PROXY';

type ProxyEnvironment = Readonly<Record<Name | Lowercase<Name>, ProxyConfig | undefined>> & {
  readonly NO_PROXY: string;
  readonly no_proxy: string | undefined;
};

export function proxiesConfig(env: ProxyEnvironment): Proxies {
  return {
    http: env.http_proxy ?? env.HTTP_PROXY,
    https: env.https_proxy ?? env.HTTPS_PROXY,
    none: env.no_proxy ?? env.NO_PROXY,
  };
}

/** The proxy for the server at `base`; undefined to connect directly. */
export function proxyFor(base: string | undefined, { http, https, none }: Proxies): ProxyConfig | undefined {
  if (base === undefined) return undefined;
  const url = new URL(base);
  if (isExempt(url, none)) return undefined;
  return url.protocol === 'https:' ? https : http;
}
