/** The supergraph that Hive Gateway serves, composed from the REST contract. */
import { defineConfig } from '@graphql-mesh/compose-cli';
import { loadOpenAPISubgraph } from '@omnigraph/openapi';

const { DEMAND_API_URL: endpoint, CONTRACT: source } = process.env;
if (endpoint === undefined) throw new Error('DEMAND_API_URL is not set.');

export const composeConfig = defineConfig({
  subgraphs: [
    {
      sourceHandler: loadOpenAPISubgraph('demand', {
        source,
        endpoint,
        // Fields of the type of a 200, with a GraphQL error for everything else, and no union over both.
        ignoreErrorResponses: true,
        operationHeaders: {
          authorization: '{context.headers.authorization}',
          'Cint-API-Version': '2025-12-18',
        },
      }),
    },
  ],
  // An item of a list does not tell where it is: the document does.
  additionalTypeDefs: `
    extend type TargetGroupListItem {
      fielding_runs(account_id: Int!, project_id: Ulid!): FieldingRunList
        @resolveTo(
          sourceName: "demand"
          sourceTypeName: "Query"
          sourceFieldName: "listFieldingRuns"
          requiredSelectionSet: "{ id }"
          sourceArgs: {
            account_id: "{args.account_id}"
            project_id: "{args.project_id}"
            target_group_id: "{root.id}"
          }
        )
    }
  `,
});
