/**
 * Lint rules: typescript-eslint's strictest type-aware presets, plus what the architecture promises and types cannot say
 * (one reader of the environment, no stray output). Every exception below says why it is one.
 */
import eslint from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const ENVIRONMENT =
  'The environment is read and validated once, in src/config.ts: pass what you need as an option.';

/** Every name that this Node itself defines: plain scripts have no compiler that would check them. */
const nodeGlobals = Object.fromEntries(
  Object.getOwnPropertyNames(globalThis).map((name) => [name, 'readonly']),
);

export default defineConfig(
  globalIgnores(['dist/', 'coverage/', 'src/contract/', 'test/generated/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  eslint.configs.recommended,
  {
    rules: {
      eqeqeq: 'error',
      'object-shorthand': 'error',
      'prefer-template': 'error',
    },
  },
  {
    files: ['**/*.{js,mjs}'],
    languageOptions: { globals: nodeGlobals },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],

      // type-graphql's resolvers and argument classes may hold nothing but decorators.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      // Fastify tells hooks and plugins that are done when they return from those with a callback by `async`.
      '@typescript-eslint/require-await': 'off',
      // Fastify's registrations and replies have a `then`, and need no await: Fastify itself waits for them.
      '@typescript-eslint/no-floating-promises': [
        'error',
        { allowForKnownSafePromises: ['FastifyInstance', 'FastifyReply'].map(fromFastify) },
      ],
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false } }],

      // Resolvers answer plain objects, annotated with the class that describes them: that finds drift, `new` adds nothing.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // REST values arrive as strings, unheard-of ones included, and are compared with the contract's string enums.
      '@typescript-eslint/no-unsafe-enum-comparison': 'off',
      // `all<Row>(sql)`, `readerOf<Body>(schema)`: what SQL or a JSON Schema tells is asserted once, where it is written.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',

      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/config.ts'],
    rules: {
      'no-restricted-properties': ['error', { object: 'process', property: 'env', message: ENVIRONMENT }],
      'no-restricted-imports': ['error', { paths: ['process', 'node:process'].map(withoutEnvironment) }],
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/main.ts'],
    rules: { 'no-console': 'error' },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // A test that indexes past the end fails by itself, and says more than a guard would.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Jest's asymmetric matchers (`expect.any(String)` inside an expected object) are typed `any`.
      '@typescript-eslint/no-unsafe-assignment': 'off',
    },
  },
);

/** @param {string} name */
function fromFastify(name) {
  return { from: 'package', package: 'fastify', name };
}

/** @param {string} name */
function withoutEnvironment(name) {
  return { name, importNames: ['env'], message: ENVIRONMENT };
}
