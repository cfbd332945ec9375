/** The variables that the files for deployment name are those that the gateway reads. */
import { expect, test } from '@jest/globals';
import { readConfig } from '../../src/config.js';
import { configVariables } from '../helpers/config-variables.js';
import { filesIn, parseYaml, readEnv, readExampleEnv, readText } from './files.js';

const known = configVariables();

function unknown(names: Iterable<string>): readonly string[] {
  return [...names].filter((name) => !known.includes(name));
}

test('the variables are found', () => {
  expect(known).toEqual(expect.arrayContaining(['PORT', 'JWT_ISSUER', 'POLL_MIN_MS', 'EMULATOR_DATA']));
});

test('.env.example has all of them', () => {
  const example = [...readExampleEnv('.env.example').keys()];
  // Of these, lowercase names work too.
  const documented = known.filter((name) => !['http_proxy', 'https_proxy', 'no_proxy'].includes(name));
  expect(example.sort()).toEqual(documented.sort());
});

test('docs/configuration.md has all of them, each once, and no others', () => {
  const rows = [...readText('docs/configuration.md').matchAll(/^\| (`[^|]*`) +\|/gm)];
  const documented = rows.flatMap(([, names = '']) =>
    [...names.matchAll(/`([A-Z_\d]+)/g)].map(([, name]) => name),
  );
  // Apollo Server reads it itself.
  const expected = [
    ...known.filter((name) => !['http_proxy', 'https_proxy', 'no_proxy'].includes(name)),
    'APOLLO_KEY',
  ];
  expect(documented.sort()).toEqual(expected.sort());
});

test('.env.example shows the defaults', () => {
  const optional = /^(?:JWT_|UPSTREAM_OAUTH_|DEMAND_API_URL|AUTH_MODE|REDIS_URL)/;
  const shown = [...readExampleEnv('.env.example')].filter(([name]) => !optional.test(name));
  expect(readConfig(Object.fromEntries(shown))).toEqual(readConfig({}));
});

test('the variables in the Kubernetes manifests exist', () => {
  const files = [
    'deploy/kubernetes/base/config.env',
    ...filesIn('deploy/kubernetes/overlays', 'config.env'),
    ...filesIn('deploy/kubernetes/overlays', 'secret.env.example'),
  ];
  expect(files).toHaveLength(3);
  expect(unknown(files.flatMap((file) => [...readEnv(file).keys()]))).toEqual([]);
});

test('a gateway starts with the variables of the example', () => {
  const environment = [
    'deploy/kubernetes/base/config.env',
    'deploy/kubernetes/overlays/example/config.env',
    'deploy/kubernetes/overlays/example/secret.env.example',
  ].flatMap((file) => [...readEnv(file)]);
  expect(readConfig(Object.fromEntries(environment))).toMatchObject({
    authMode: 'service',
    production: true,
  });
});

test('the variables in compose.yaml exist', () => {
  const [compose] = parseYaml(readText('compose.yaml')) as [Record<string, { environment?: object }>];
  expect(unknown(Object.keys(compose['x-gateway']!.environment!))).toEqual([]);
  expect(unknown(readExampleEnv('deploy/compose.env.example').keys())).toEqual([]);
});

test('the variables in the Dockerfile exist', () => {
  const instructions = readText('Dockerfile').matchAll(/^ENV (?:.*\\\n)*.*$/gm);
  const names = [...instructions].flatMap(([text]) =>
    [...text.matchAll(/(\w+)=/g)].map(([, name = '']) => name),
  );
  expect(names).toEqual(expect.arrayContaining(['NODE_ENV', 'HOST', 'PORT']));
  expect(unknown(names)).toEqual([]);
});
