import { join } from 'node:path';
import ts from 'typescript';

const CONFIG = join(import.meta.dirname, '../../src/config.ts');

/** The names of all variables that `src/config.ts` validates, spread objects included: the properties of what `cleanEnv` gets. */
export function configVariables(): readonly string[] {
  const program = ts.createProgram([CONFIG], {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    strict: true,
    // The names need no types of Node's or of the language, which take a second to read.
    noLib: true,
    types: [],
  });
  const checker = program.getTypeChecker();
  const found: ts.Expression[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.expression.getText() === 'cleanEnv') {
      found.push(...node.arguments.slice(1, 2));
    }
    ts.forEachChild(node, visit);
  };
  visit(program.getSourceFile(CONFIG)!);
  const [specifications] = found;
  if (specifications === undefined || found.length > 1) {
    throw new Error('src/config.ts must call cleanEnv once.');
  }
  return checker
    .getTypeAtLocation(specifications)
    .getProperties()
    .map(({ name }) => name);
}
