import type { HttpResponse } from '../http/response.js';

type OAuthErrorCode = 'invalid_request' | 'invalid_client' | 'invalid_target' | 'unsupported_grant_type';

/** A failure of the token endpoint (RFC 6749, 5.2). */
export class OAuthError extends Error {
  constructor(
    readonly code: OAuthErrorCode,
    description: string,
  ) {
    super(description);
  }

  get response(): HttpResponse {
    const isUnauthorized = this.code === 'invalid_client';
    return {
      status: isUnauthorized ? 401 : 400,
      headers: {
        'cache-control': 'no-store',
        ...(isUnauthorized && { 'www-authenticate': 'Basic realm="Demand API emulator", charset="UTF-8"' }),
      },
      body: { error: this.code, error_description: this.message },
    };
  }
}
