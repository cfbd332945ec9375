import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { resolveImport, type Import } from './import-graph.js';

/** A name that a module exports where it declares it. */
export interface Exported {
  readonly file: string;
  readonly name: string;
  /** Whether it exists at run time: not an interface or a type alias. */
  readonly isValue: boolean;
}

/** "`from` imports `name` of `to`". The name is `*` where all are meant: a namespace, `export *` and `import()`. */
export interface NamedImport extends Import {
  readonly name: string;
}

export interface ModuleNames {
  readonly exported: readonly Exported[];
  readonly imported: readonly NamedImport[];
}

/** Reads the names that TypeScript files below `root` export and import. Packages are omitted. */
export function readModuleNames(root: string, files: readonly string[]): ModuleNames {
  const exported: Exported[] = [];
  const imported: NamedImport[] = [];
  for (const file of files) {
    const source = ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.Latest);
    for (const statement of source.statements) {
      exported.push(...exportsOf(statement).map((each) => ({ file, ...each })));
    }
    for (const { specifier, name } of importsOf(source)) {
      imported.push({ from: file, to: resolveImport(file, specifier), name });
    }
  }
  return { exported, imported };
}

function exportsOf(statement: ts.Statement): Omit<Exported, 'file'>[] {
  const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
  if (!modifiers.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) return [];
  if (ts.isVariableStatement(statement)) {
    const names = statement.declarationList.declarations.map(({ name }) => name).filter(ts.isIdentifier);
    return names.map(({ text }) => ({ name: text, isValue: true }));
  }
  if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement))
    return [{ name: statement.name.text, isValue: false }];
  if (
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isEnumDeclaration(statement)
  )
    return statement.name === undefined ? [] : [{ name: statement.name.text, isValue: true }];
  return [];
}

interface Named {
  readonly specifier: string;
  readonly name: string;
}

function importsOf(source: ts.SourceFile): Named[] {
  const found: Named[] = [];
  const add = (specifier: ts.Node | undefined, names: readonly string[]): void => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return;
    if (specifier.text.startsWith('.'))
      found.push(...names.map((name) => ({ specifier: specifier.text, name })));
  };
  const hasImportCalls = /\bimport\s*\(/.test(source.text);
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, namesOf(node.importClause?.namedBindings));
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, namesOf(node.exportClause));
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      add(node.argument.literal, ['*']);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0], ['*']);
    if (node === source || hasImportCalls) ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function namesOf(bindings: ts.NamedImportBindings | ts.NamedExportBindings | undefined): readonly string[] {
  if (bindings === undefined || !('elements' in bindings)) return ['*'];
  return bindings.elements.map(({ propertyName, name }) => (propertyName ?? name).text);
}
