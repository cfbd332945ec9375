import { makeExactValidator } from 'envalid';

/** Any other value means development, so that a slip would open what production closes. */
const nodeEnv = makeExactValidator<string>((input) => {
  if (/^\s*prod(?:uction)?\s*$/i.test(input) && input !== 'production') {
    throw new Error('must be exactly `production` for production');
  }
  return input;
});

/** The validator of `NODE_ENV`, for envalid. */
export const nodeEnvVariables = { NODE_ENV: nodeEnv({ default: 'development' }) };
