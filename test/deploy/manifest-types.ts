import { join } from 'node:path';
import ts from 'typescript';
import { ROOT } from './files.js';

/** A Kubernetes object. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

/** Where the types of a kind are: those of Kubernetes' API, or of a custom resource. */
function moduleOf({ apiVersion, kind }: Manifest): string {
  const start = apiVersion.startsWith('monitoring.coreos.com/')
    ? '@kubernetes-models/prometheus-operator'
    : 'kubernetes-models';
  return `${start}/${apiVersion}/${kind}`;
}

/**
 * Type-checks manifests as TypeScript literals: unlike the published JSON schemas, this finds properties that do not exist.
 *
 * @returns the errors, each with the kind and name of its manifest
 */
export function typeErrors(manifests: readonly Manifest[]): readonly string[] {
  const sources = new Map(
    manifests.map((manifest, index) => [join(ROOT, `test/deploy/manifest-${index}.ts`), sourceOf(manifest)]),
  );
  const options: ts.CompilerOptions = {
    strict: true,
    skipLibCheck: true,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const program = ts.createProgram([...sources.keys()], options, {
    ...host,
    fileExists: (file) => sources.has(file) || host.fileExists(file),
    readFile: (file) => sources.get(file) ?? host.readFile(file),
    getSourceFile: (file, language) =>
      sources.has(file)
        ? ts.createSourceFile(file, sources.get(file)!, language)
        : host.getSourceFile(file, language),
  });
  return [...sources.keys()].flatMap((file, index) =>
    program.getSemanticDiagnostics(program.getSourceFile(file)).map(({ messageText }) => {
      const { kind, metadata } = manifests[index]!;
      return `${kind} ${metadata.name}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
    }),
  );
}

function sourceOf(manifest: Manifest): string {
  return (
    `import type { I${manifest.kind} } from '${moduleOf(manifest)}';\n` +
    `export const manifest: I${manifest.kind} = ${JSON.stringify(manifest)};`
  );
}
