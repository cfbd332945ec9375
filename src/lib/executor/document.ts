import {
  Kind,
  OperationTypeNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { PlannedOperation } from './operation.js';
import type { ExecutorSettings } from './settings.js';

/** The operations of a document, each planned on first use. */
export class PlannedDocument {
  private readonly definitions: OperationDefinitionNode[] = [];
  private readonly fragments: Record<string, FragmentDefinitionNode>;
  private readonly planned = new Map<OperationDefinitionNode, PlannedOperation>();

  constructor(
    private readonly schema: GraphQLSchema,
    { definitions }: DocumentNode,
    private readonly settings: ExecutorSettings,
  ) {
    this.fragments = Object.create(null) as Record<string, FragmentDefinitionNode>;
    for (const definition of definitions) {
      if (definition.kind === Kind.OPERATION_DEFINITION) this.definitions.push(definition);
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.fragments[definition.name.value] = definition;
    }
  }

  /**
   * @param name null or undefined selects the only operation
   * @returns undefined if there is no such operation, or it is a subscription
   */
  operation(name: string | null | undefined): PlannedOperation | undefined {
    const definition = this.find(name ?? undefined);
    if (definition === undefined) return undefined;
    const known = this.planned.get(definition);
    if (known !== undefined) return known;
    const rootType = this.schema.getRootType(definition.operation);
    if (!rootType || definition.operation === OperationTypeNode.SUBSCRIPTION) return undefined;
    const { schema, fragments } = this;
    const operation = new PlannedOperation({ schema, fragments, definition }, rootType, this.settings);
    this.planned.set(definition, operation);
    return operation;
  }

  private find(name: string | undefined): OperationDefinitionNode | undefined {
    if (name !== undefined) return this.definitions.findLast((definition) => definition.name?.value === name);
    return this.definitions.length === 1 ? this.definitions[0] : undefined;
  }
}
