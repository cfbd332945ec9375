import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import {
  PrometheusRule,
  ServiceMonitor,
} from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';
import { Deployment } from 'kubernetes-models/apps/v1';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { ConfigMap, Namespace, Secret, Service, ServiceAccount } from 'kubernetes-models/v1';
import { closeWithinMs } from '../../src/main/workers/timing.js';
import { readConfig } from '../../src/config.js';
import { printLine } from '../exactly-once/settings.js';
import { filesIn, parseYaml, readEnv, readText, ROOT } from './files.js';
import { typeErrors, type Manifest } from './manifest-types.js';

// The types of Kubernetes are large.
jest.setTimeout(60_000);

const KUBERNETES = 'deploy/kubernetes';

/** With the JSON schemas that Kubernetes and the Prometheus Operator publish. */
const MODELS = {
  ConfigMap,
  Deployment,
  HorizontalPodAutoscaler,
  Namespace,
  NetworkPolicy,
  PodDisruptionBudget,
  PrometheusRule,
  Secret,
  Service,
  ServiceAccount,
  ServiceMonitor,
};

/** The files that hold whole objects. Those of overlays can be patches. */
const manifests = [`${KUBERNETES}/base`, `${KUBERNETES}/components`]
  .flatMap((folder) => filesIn(folder, '.yaml'))
  .filter((file) => basename(file) !== 'kustomization.yaml')
  .flatMap((file) => parseYaml(readText(file)) as readonly Manifest[]);

const config = readConfig(Object.fromEntries(readEnv(`${KUBERNETES}/base/config.env`)));

function validate(manifest: Manifest): void {
  const Model = MODELS[manifest.kind as keyof typeof MODELS] as new (data: Manifest) => { validate(): void };
  new Model(manifest).validate();
}

function find<Kind extends keyof typeof MODELS>(kind: Kind): InstanceType<(typeof MODELS)[Kind]> {
  const found = manifests.filter((manifest) => manifest.kind === kind);
  expect(found).toHaveLength(1);
  return found[0] as unknown as InstanceType<(typeof MODELS)[Kind]>;
}

function gateway() {
  const pod = find('Deployment').spec!.template.spec!;
  const [container, ...others] = pod.containers;
  expect(others).toEqual([]);
  return { pod, container: container! };
}

test.each(manifests.map((manifest) => [manifest.kind, manifest] as const))(
  '%s fits its schema',
  (_, each) => {
    expect(() => {
      validate(each);
    }).not.toThrow();
  },
);

test('no manifest has a property that does not exist', () => {
  expect(manifests.length).toBeGreaterThan(6);
  expect(typeErrors(manifests)).toEqual([]);
});

test('the Prometheus Operator gets the alerts of deploy/prometheus', () => {
  const [{ groups }] = parseYaml(readText('deploy/prometheus/rules/fieldgate.yml')) as [
    { groups: unknown[] },
  ];
  expect(find('PrometheusRule').spec.groups).toEqual(groups);
});

test('the checks find mistakes', () => {
  const deployment = structuredClone(find('Deployment')) as unknown as {
    spec: { replica?: number; minReadySeconds?: unknown };
  } & Manifest;
  deployment.spec.minReadySeconds = '5';
  expect(() => {
    validate(deployment);
  }).toThrow(/minReadySeconds/);
  delete deployment.spec.minReadySeconds;
  deployment.spec.replica = 3;
  expect(typeErrors([deployment])).toEqual([expect.stringMatching(/^Deployment fieldgate: .*'"replica"'/)]);
});

test('every manifest of the base is in its kustomization', () => {
  const folders = [`${KUBERNETES}/base`, `${KUBERNETES}/components/monitoring`];
  for (const folder of folders) {
    const [{ resources }] = parseYaml(readText(`${folder}/kustomization.yaml`)) as [{ resources: string[] }];
    const files = filesIn(folder, '.yaml').map((file) => basename(file));
    expect([...resources, 'kustomization.yaml'].sort()).toEqual([...files].sort());
  }
});

test('the ports are those of the configuration', () => {
  const ports = {
    http: config.port,
    metrics: Number(readEnv(`${KUBERNETES}/base/config.env`).get('METRICS_PORT')),
  };
  const { container } = gateway();
  const declared = container.ports!.map(({ name, containerPort }) => [name, containerPort]);
  expect(Object.fromEntries(declared)).toEqual(ports);
  const named = [
    ...find('Service').spec!.ports!.map(({ targetPort }) => targetPort),
    ...find('NetworkPolicy').spec!.ingress!.flatMap(({ ports }) => ports!.map(({ port }) => port)),
    ...find('ServiceMonitor').spec.endpoints.map(({ port }) => port),
    ...[container.startupProbe, container.livenessProbe, container.readinessProbe].map(
      (probe) => probe!.httpGet!.port,
    ),
  ];
  expect(new Set(named)).toEqual(new Set(Object.keys(ports)));
});

test('a pod has the time that a gateway may take to close', () => {
  expect(gateway().pod.terminationGracePeriodSeconds! * 1000).toBeGreaterThanOrEqual(closeWithinMs(config));
});

test('a gateway drains for longer than it takes until its pod is not ready', () => {
  const { periodSeconds, timeoutSeconds, failureThreshold } = gateway().container.readinessProbe!;
  expect(config.drainDelayMs).toBeGreaterThan((periodSeconds! * failureThreshold! + timeoutSeconds!) * 1000);
});

test('pods fulfil the restricted Pod Security Standard, and their root is read-only', () => {
  const { pod, container } = gateway();
  expect(pod.securityContext).toMatchObject({
    runAsNonRoot: true,
    seccompProfile: { type: 'RuntimeDefault' },
  });
  expect(container.securityContext).toEqual({
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  });
  expect([pod.automountServiceAccountToken, find('ServiceAccount').automountServiceAccountToken]).toEqual([
    false,
    false,
  ]);
});

const hasKubectl = spawnSync('kubectl', ['version', '--client']).status === 0;
if (!hasKubectl) printLine('Skipping the Kubernetes overlay: `kubectl`, which builds it, is not installed.');

(hasKubectl ? test : test.skip)('the example overlay can be built, and what comes out is valid', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kubernetes-'));
  try {
    cpSync(join(ROOT, KUBERNETES), folder, { recursive: true });
    const example = join(folder, 'overlays/example');
    copyFileSync(join(example, 'secret.env.example'), join(example, 'secret.env'));
    const { status, stdout, stderr } = spawnSync('kubectl', ['kustomize', example], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const built = parseYaml(stdout) as readonly Manifest[];
    expect(built.map(({ kind }) => kind).sort()).toEqual(Object.keys(MODELS).sort());
    for (const manifest of built) validate(manifest);
    expect(typeErrors(built)).toEqual([]);
    const names = ({ kind }: Manifest) => ['ConfigMap', 'Secret'].includes(kind);
    const generated = built.filter(names).map(({ metadata }) => metadata.name);
    const deployment = built.find(({ kind }) => kind === 'Deployment') as unknown as Deployment;
    const [container] = deployment.spec!.template.spec!.containers;
    const sources = container!.envFrom!.map(
      ({ configMapRef, secretRef }) => (configMapRef ?? secretRef)!.name,
    );
    expect([...sources].sort()).toEqual([...generated].sort());
  } finally {
    rmSync(folder, { recursive: true });
  }
});
