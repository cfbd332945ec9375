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
  type GraphQLSchema,
} from 'graphql';
import { appliedDirectives } from './cost/cost.js';

/**
 * A schema as SDL, sorted to keep diffs small. `printSchema` of graphql-js leaves out the directives that are applied to
 * fields, and printers that keep them lay out everything else anew, so this one adds them to what `printSchema` writes.
 */
export function printedSchema(schema: GraphQLSchema): string {
  const sdl = `${printSchema(lexicographicSortSchema(schema))}\n`;
  let printed = '';
  let position = 0;
  for (const { end, text } of additions(schema, sdl)) {
    printed += sdl.slice(position, end) + text;
    position = end;
  }
  return printed + sdl.slice(position);
}

interface Addition {
  /** Where the field ends in the SDL. */
  readonly end: number;
  readonly text: string;
}

function* additions(schema: GraphQLSchema, sdl: string): Generator<Addition> {
  for (const definition of parse(sdl).definitions) {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION) continue;
    const type = schema.getType(definition.name.value);
    for (const { name, loc } of definition.fields ?? []) {
      const field = isObjectType(type) ? type.getFields()[name.value] : undefined;
      if (field === undefined || loc === undefined) continue;
      const text = Object.entries(appliedDirectives(field))
        .map(([directive, args]) => ` ${print(directiveNode(schema.getDirective(directive), args))}`)
        .join('');
      yield { end: loc.end, text };
    }
  }
}

function directiveNode(
  directive: GraphQLDirective | null | undefined,
  given: Readonly<Record<string, unknown>>,
): DirectiveNode {
  if (!directive) throw new TypeError('The schema must define the directives that it applies.');
  return {
    kind: Kind.DIRECTIVE,
    name: { kind: Kind.NAME, value: directive.name },
    arguments: directive.args.flatMap(({ name, type }) => {
      const value = given[name] === undefined ? undefined : astFromValue(given[name], type);
      return value ? [{ kind: Kind.ARGUMENT, name: { kind: Kind.NAME, value: name }, value }] : [];
    }),
  };
}
