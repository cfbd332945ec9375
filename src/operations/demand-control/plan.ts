import type { GraphQLInputType } from 'graphql';

/** The variables of a request, as they were sent. */
export type Variables = Readonly<Record<string, unknown>>;

/** A variable in a document, with the default in its definition, if any. */
export interface VariableUse {
  readonly name: string;
  readonly defaultValue: unknown;
}

/** A directive `@skip` or `@include` whose argument is a variable. */
export interface Condition {
  readonly variable: VariableUse;
  /** The value with which the selection is included. */
  readonly includedIf: boolean;
}

/** A list size that depends on variables: the largest slicing argument that is given, or the assumed size. */
interface VariableSize {
  readonly assumed: number;
  readonly max: number;
  /** Undefined if no slicing argument is given in the document with a number. */
  readonly literal: number | undefined;
  readonly variables: readonly VariableUse[];
}

export type Size = number | VariableSize;

/** An argument, or a part of one, whose input objects are in a variable. */
export interface VariableInput {
  readonly type: GraphQLInputType;
  readonly variable: VariableUse;
}

/**
 * The cost of a selection on one object, as a function of the variables: the parts that depend on them are in `parts`, and the
 * rest has been added up.
 */
export interface Plan {
  readonly cost: number;
  /** REST calls. */
  readonly calls: number;
  /** A bit for each kind of call that the operation makes once. */
  readonly shared: number;
  readonly parts: readonly Part[];
}

export type Part = FieldPart | AbstractPart;

/** A field whose cost depends on variables. */
export interface FieldPart {
  readonly kind: 'field';
  /** The field is selected if all conditions of any of these are met; if there are none, always. */
  readonly selectedIf: readonly (readonly Condition[])[];
  /** The cost of resolving the field once, without its items. */
  readonly weight: number;
  readonly inputs: readonly VariableInput[];
  readonly calls: number;
  readonly shared: number;
  readonly size: Size;
  /** Whether each item needs separate calls. */
  readonly isApart: boolean;
  /** The cost of each item. */
  readonly item: Plan;
}

/** The selection of an interface or a union: the most expensive of its possible types counts. */
interface AbstractPart {
  readonly kind: 'abstract';
  readonly types: readonly Plan[];
}

/** Keeps products of sizes finite, as an infinite one times 0 is not a number. */
export function capped(cost: number): number {
  return Math.min(cost, Number.MAX_SAFE_INTEGER);
}
