/** Random documents over a schema. */
import {
  getNamedType,
  isAbstractType,
  isCompositeType,
  isNonNullType,
  isObjectType,
  type GraphQLArgument,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
} from 'graphql';
import { jsonValue, literal } from './random-inputs.js';
import { hash, type Choices } from './random.js';

/** An operation, which may be invalid, and its variables. */
export interface RandomOperation {
  readonly source: string;
  readonly variableValues: Readonly<Record<string, unknown>>;
}

interface Variable {
  readonly definition: string;
  /** Undefined if the variable is omitted. */
  readonly value: unknown;
}

const MAX_DEPTH = 5;

export function randomOperation(schema: GraphQLSchema, choices: Choices): RandomOperation {
  return new Writer(schema, choices).operation();
}

class Writer {
  private readonly variables: Variable[] = [];
  private readonly fragments: { readonly on: string; readonly text: string }[] = [];

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly choices: Choices,
  ) {}

  operation(): RandomOperation {
    const { schema, choices, variables } = this;
    const mutation = schema.getMutationType();
    const [kind, root] =
      mutation && choices.inPercent(20) ? ['mutation', mutation] : ['query', schema.getQueryType()!];
    const selection = this.selections(root, 0);
    const definitions = variables.map(({ definition }, index) => `$v${index}: ${definition}`).join(', ');
    const head = `${kind} Random${definitions && `(${definitions})`} ${selection}`;
    const given = variables.flatMap(({ value }, index) =>
      value === undefined ? [] : [[`v${index}`, value]],
    );
    return {
      source: [head, ...this.fragments.map(({ text }) => text)].join('\n'),
      variableValues: Object.fromEntries(given) as Record<string, unknown>,
    };
  }

  private selections(type: GraphQLCompositeType, depth: number): string {
    const count = 1 + this.choices.number(depth < 2 ? 6 : 4);
    const selections = Array.from({ length: count }, () => this.selection(type, depth))
      .join(' ')
      .trim();
    return `{ ${selections || '__typename'} }`;
  }

  private selection(type: GraphQLCompositeType, depth: number): string {
    const { choices } = this;
    const kind = choices.number(20);
    if (kind === 19) return `${choices.inPercent(30) ? 'kind: ' : ''}__typename${this.directives()}`;
    if (depth < MAX_DEPTH && kind >= (isAbstractType(type) ? 8 : 17)) return this.fragment(type, depth);
    return 'getFields' in type ? this.field(choices.of(Object.values(type.getFields())), depth) : '';
  }

  private field({ name, type, args }: GraphQLField<unknown, unknown>, depth: number): string {
    const { choices } = this;
    const named = getNamedType(type);
    if (isCompositeType(named) && depth >= MAX_DEPTH) return '';
    const given = args
      .map((argument) => this.argument(argument))
      .filter((text) => text !== '')
      .join(', ');
    // Fields with the same response name need the same arguments to be valid.
    const alias = given ? `${name}_${hash(given, 1000)}: ` : choices.of(['', '', '', `my_${name}: `]);
    const odd = choices.inPercent(1) ? '__proto__: ' : alias;
    const selections = isCompositeType(named) ? ` ${this.selections(named, depth + 1)}` : '';
    return `${odd}${name}${given && `(${given})`}${this.directives()}${selections}`;
  }

  private argument({ name, type, defaultValue }: GraphQLArgument): string {
    const { choices } = this;
    const isRequired = isNonNullType(type) && defaultValue === undefined;
    if (!isRequired && choices.inPercent(40)) return '';
    if (choices.inPercent(60)) return `${name}: ${literal(type, choices)}`;
    const nullable = isNonNullType(type) && !isRequired && choices.inPercent(50) ? type.ofType : type;
    const byDefault = choices.inPercent(20) ? ` = ${literal(type, choices)}` : '';
    const value = choices.inPercent(15) ? undefined : jsonValue(nullable, choices);
    return `${name}: ${this.variable({ definition: `${String(nullable)}${byDefault}`, value })}`;
  }

  private fragment(type: GraphQLCompositeType, depth: number): string {
    const { choices, schema, fragments } = this;
    const kind = choices.number(4);
    if (kind === 3 && fragments.length > 0)
      return `...F${choices.number(fragments.length)}${this.directives()}`;
    const wider = isObjectType(type) ? [type, ...type.getInterfaces()] : [type];
    const narrower = isAbstractType(type)
      ? [...schema.getPossibleTypes(type), ...schema.getPossibleTypes(type)]
      : [];
    const on = choices.of([...narrower, ...wider]);
    const selections = this.selections(on, depth + 1);
    if (kind === 0) return `... on ${on.name}${this.directives()} ${selections}`;
    if (on === type && kind === 1) return `...${this.directives()} ${selections}`;
    const text = `fragment F${fragments.length} on ${on.name} ${selections}`;
    fragments.push({ on: on.name, text });
    return `...F${fragments.length - 1}${this.directives()}`;
  }

  private directives(): string {
    return [this.directive('skip', 6), this.directive('include', 6)].join('');
  }

  private directive(name: string, percent: number): string {
    const { choices } = this;
    if (!choices.inPercent(percent)) return '';
    const condition = choices.inPercent(50)
      ? choices.of(['true', 'false'])
      : this.variable({
          definition: choices.of(['Boolean!', 'Boolean = true', 'Boolean! = false']),
          value: choices.of([true, false, true, false, true, false, undefined, null]),
        });
    return ` @${name}(if: ${condition})`;
  }

  private variable(variable: Variable): string {
    this.variables.push(variable);
    return `$v${this.variables.length - 1}`;
  }
}
