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
        // Returns the type of a 200 and reports everything else as a GraphQL error, instead of a union of both.
        ignoreErrorResponses: true,
        operationHeaders: {
          authorization: '{context.headers.authorization}',
          'Cint-API-Version': '2025-12-18',
        },
      }),
    },
  ],
  // List items do not contain their parents' ids; the document passes them.
  additionalTypeDefs: `
    extend type TargetGroupListItem {
      fielding_runs(account_id: Int!, project_id: ProjectId!): FieldingRunList
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
