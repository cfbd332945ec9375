import {
  astFromValue,
  isObjectType,
  Kind,
  lexicographicSortSchema,
  parse,
  print,
  printSchema,
  type DirectiveNode,
  type GraphQLDirective,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  type ObjectTypeDefinitionNode,
} from 'graphql';
import { appliedDirectives } from './cost/cost.js';

/** The directives of a definition, in order, with their arguments. */
type Applied = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export interface PrintOptions {
  /** Definitions of the directives that are applied. */
  readonly directives: readonly GraphQLDirective[];
  /** Default: none. */
  readonly ofType?: (type: GraphQLObjectType) => Applied;
  readonly ofField: (field: GraphQLField<unknown, unknown>, type: GraphQLObjectType) => Applied;
}

/** A schema as SDL with the costs of its fields, sorted to keep diffs small. */
export function printedSchema(schema: GraphQLSchema): string {
  return printedWith(schema, { directives: schema.getDirectives(), ofField: appliedDirectives });
}

/**
 * A schema as sorted SDL, with the directives that are applied to object types and their fields. `printSchema` of graphql-js
 * leaves those out, and printers that keep them lay out everything else anew, so this one adds them to what `printSchema`
 * writes.
 */
export function printedWith(schema: GraphQLSchema, options: PrintOptions): string {
  const sdl = `${printSchema(lexicographicSortSchema(schema))}\n`;
  let printed = '';
  let position = 0;
  for (const { end, applied } of additions(schema, sdl, options)) {
    printed += sdl.slice(position, end);
    for (const [name, args] of Object.entries(applied)) {
      printed += ` ${print(directiveNode(name, args, options))}`;
    }
    position = end;
  }
  return printed + sdl.slice(position);
}

interface Addition {
  /** Where the directives are written in the SDL. */
  readonly end: number;
  readonly applied: Applied;
}

function* additions(
  schema: GraphQLSchema,
  sdl: string,
  { ofType, ofField }: PrintOptions,
): Generator<Addition> {
  for (const definition of parse(sdl).definitions) {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION) continue;
    const type = schema.getType(definition.name.value);
    if (!isObjectType(type)) continue;
    if (ofType !== undefined) yield { end: endOfHead(definition), applied: ofType(type) };
    for (const { name, loc } of definition.fields ?? []) {
      const field = type.getFields()[name.value];
      if (field !== undefined && loc !== undefined) yield { end: loc.end, applied: ofField(field, type) };
    }
  }
}

/** The end of a type's name and interfaces, which its directives follow. */
function endOfHead({ name, interfaces = [] }: ObjectTypeDefinitionNode): number {
  const { loc } = interfaces.at(-1) ?? name;
  if (loc === undefined) throw new TypeError('The SDL must be parsed with locations.');
  return loc.end;
}

function directiveNode(
  name: string,
  given: Readonly<Record<string, unknown>>,
  { directives }: PrintOptions,
): DirectiveNode {
  const directive = directives.find((one) => one.name === name);
  if (directive === undefined) throw new TypeError(`The directive @${name} is applied, but not defined.`);
  return {
    kind: Kind.DIRECTIVE,
    name: { kind: Kind.NAME, value: name },
    arguments: directive.args.flatMap(({ name: argument, type }) => {
      const value = given[argument] === undefined ? undefined : astFromValue(given[argument], type);
      return value ? [{ kind: Kind.ARGUMENT, name: { kind: Kind.NAME, value: argument }, value }] : [];
    }),
  };
}
