import { pino, type Logger } from 'pino';

export type { Logger };

/** JSON lines on standard output. What could hold a credential is never written. */
export function createLogger(level: string): Logger {
  return pino({
    level,
    base: null,
    redact: {
      paths: ['req.headers', 'res.headers', '*.authorization', '*.headers.authorization'],
      remove: true,
    },
  });
}
