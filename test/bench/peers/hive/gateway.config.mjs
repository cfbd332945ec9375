/** As Hive Gateway comes, but for what it shows and asks for in the background. */
import { defineConfig } from '@graphql-hive/gateway';

export const gatewayConfig = defineConfig({
  graphiql: false,
  landingPage: false,
  pollingInterval: 0,
});
