import type { ASTVisitor, ValidationContext, ValidationRule } from 'graphql';
import type { SyntaxLimits } from '../../config/demand-control.js';
import { syntaxLimitError } from '../demand-control/syntax-limits.js';
import { documentLimitError, type DocumentLimits } from './document-limits.js';

/**
 * Rejects a document that exceeds a limit before the other rules visit it. Their time can grow with the square of its size, and
 * some recurse by its depth.
 */
export function documentLimitsRule(limits: DocumentLimits & SyntaxLimits): ValidationRule {
  return (context) => {
    const error =
      documentLimitError(sourceOf(context), limits) ?? syntaxLimitError(context.getDocument(), limits);
    if (error === undefined) return {};
    context.reportError(error);
    return NO_VISIT;
  };
}

/** `null` removes the document from the visit that all rules share. */
const NO_VISIT: ASTVisitor = { Document: () => null };

function sourceOf(context: ValidationContext): string {
  const { loc } = context.getDocument();
  if (loc === undefined) throw new Error('A document was parsed without locations.');
  return loc.source.body;
}
