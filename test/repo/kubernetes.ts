import { spawnSync } from 'node:child_process';
import { dirname, join, normalize } from 'node:path';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { filesBelow, parseEnvFile, read, root } from './files.ts';

/** A Kubernetes object, as far as the tests look. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Record<string, string> };
  readonly spec?: Record<string, unknown>;
}

interface Probe {
  httpGet?: { path: string; port: string };
  exec?: unknown;
}

/** A container of a pod. */
export interface Container {
  readonly name: string;
  readonly image: string;
  readonly args?: string[];
  readonly env?: { name: string; value: string }[];
  readonly ports?: { name: string; containerPort: number }[];
  readonly securityContext?: Record<string, unknown>;
  readonly resources?: { limits?: { memory?: string } };
  readonly startupProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
}

interface SecretSource {
  secret?: { name: string; items: { key: string; path: string }[] };
}

/** A Deployment or StatefulSet. */
export interface Workload {
  readonly name: string;
  readonly labels: Record<string, string>;
  readonly container: Container;
  readonly pod: {
    readonly terminationGracePeriodSeconds?: number;
    readonly automountServiceAccountToken?: boolean;
    readonly enableServiceLinks?: boolean;
    readonly securityContext?: Record<string, unknown>;
    readonly volumes?: { name: string; projected?: { sources: SecretSource[] } }[];
  };
}

/** The folder of all of it. */
export const folder = 'deploy/kubernetes';

/** Every YAML file below {@link folder} that holds objects, with what it holds. */
export function manifests(): { file: string; objects: KubernetesObject[] }[] {
  return filesBelow(folder, '.yaml')
    .filter((file) => !file.endsWith('kustomization.yaml'))
    .map((file) => {
      const documents = parseAllDocuments(read(file));
      const errors = [...documents].flatMap((document) => document.errors);
      if (errors.length > 0) throw new Error(`${file}: ${String(errors[0])}`);
      return { file, objects: [...documents].map((one) => one.toJS() as KubernetesObject) };
    });
}

/** What a kustomization refers to, as paths from the repository's root. */
export function referredTo(kustomization: string): string[] {
  const {
    resources = [],
    components = [],
    configMapGenerator = [],
  } = parse(read(kustomization)) as {
    resources?: string[];
    components?: string[];
    configMapGenerator?: { envs: string[] }[];
  };
  const envs = configMapGenerator.flatMap((generator) => generator.envs);
  const names = [...resources, ...components, ...envs];
  return names.map((name) => normalize(join(dirname(kustomization), name)));
}

/** The workloads of some objects. */
export function workloadsOf(objects: readonly KubernetesObject[]): Workload[] {
  return objects
    .filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet')
    .map(({ metadata, spec }) => {
      const { template } = spec as {
        template: {
          metadata: { labels: Record<string, string> };
          spec: Workload['pod'] & { containers: Container[] };
        };
      };
      const [container, ...others] = template.spec.containers;
      if (!container || others.length > 0) throw new Error(`${metadata.name}: one container`);
      return {
        name: metadata.name,
        labels: template.metadata.labels,
        container,
        pod: template.spec,
      };
    });
}

/** The environment that an overlay gives to a container. */
export function environmentOf(container: Container, overlay: string): Record<string, string> {
  return {
    ...Object.fromEntries(parseEnvFile(read(`${folder}/overlays/${overlay}/settings.env`))),
    ...Object.fromEntries((container.env ?? []).map(({ name, value }) => [name, value])),
  };
}

/** Files that a pod has under its folder of secrets. */
export function secretFiles({ pod }: Workload): string[] {
  return (pod.volumes ?? []).flatMap(({ projected }) =>
    (projected?.sources ?? []).flatMap(({ secret }) =>
      (secret?.items ?? []).map(({ path }) => `/run/secrets/xsoar-intel/${path}`),
    ),
  );
}

/** Whether kubectl, with its kustomize, is on this machine. */
export const haveKubectl = spawnSync('kubectl', ['kustomize', '--help']).status === 0;

/** What `kubectl kustomize` makes of an overlay. */
export function kustomize(overlay: string): KubernetesObject[] {
  return kustomizeFolder(join(root, folder, 'overlays', overlay));
}

/** What it makes of any folder. */
export function kustomizeFolder(path: string): KubernetesObject[] {
  const ran = spawnSync('kubectl', ['kustomize', path], { encoding: 'utf8' });
  if (ran.status !== 0) throw new Error(ran.stderr);
  return parseAllDocuments(ran.stdout).map((one) => one.toJS() as KubernetesObject);
}

/** The alerts of deploy/prometheus as the Prometheus Operator takes them. */
export function renderPrometheusRule(): string {
  const { groups } = parse(read('deploy/prometheus/alerts.yml')) as { groups: unknown };
  const rule = {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: 'xsoar-intel', labels: { 'app.kubernetes.io/name': 'xsoar-intel' } },
    spec: { groups },
  };
  return `# Made from deploy/prometheus/alerts.yml; change it there, then
#   WRITE_DOCS=1 node_modules/.bin/vitest run test/repo/kubernetes.test.ts
${stringify(rule, { lineWidth: 0 })}`;
}
