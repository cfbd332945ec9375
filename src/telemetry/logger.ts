import { pino, type Logger, type LoggerOptions } from 'pino';

export type { Logger };

/** A logger that writes JSON lines to standard output, without headers that could hold a credential. */
export function createLogger(level: string): Logger {
  return pino(loggerOptions(level));
}

export function loggerOptions(level: string): LoggerOptions {
  return {
    level,
    base: null,
    redact: {
      paths: ['req.headers', 'res.headers', '*.authorization', '*.headers.authorization'],
      remove: true,
    },
  };
}
