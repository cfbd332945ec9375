/** Hive Gateway's defaults, without its landing page and background requests. */
import { defineConfig } from '@graphql-hive/gateway';

export const gatewayConfig = defineConfig({
  graphiql: false,
  landingPage: false,
  pollingInterval: 0,
});
