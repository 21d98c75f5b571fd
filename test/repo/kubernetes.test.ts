import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig, parseDuration, variables } from '@xsoar-intel/config';
import { describe, expect, it } from 'vitest';
import { commandLine, filesBelow, knownVariables, parseEnvFile, read, root } from './files.ts';
import {
  environmentOf,
  folder,
  haveKubectl,
  type KubernetesObject,
  kustomize,
  kustomizeFolder,
  manifests,
  referredTo,
  renderPrometheusRule,
  secretFiles,
  workloadsOf,
} from './kubernetes.ts';

const files = manifests();
const objects = files.flatMap((file) => file.objects);
const workloads = workloadsOf(objects);
const ours = workloads.filter(({ container }) => container.image === 'xsoar-intel');
const ROLES = ['ingest', 'worker', 'board'] as const;
const workloadOf = (role: string) => {
  const found = ours.find(({ container }) => container.name === role);
  if (!found) throw new Error(`no Deployment of the ${role}`);
  return found;
};
const specOf = (kind: string) => objects.filter((object) => object.kind === kind);
const kustomizations = filesBelow(folder, 'kustomization.yaml');

describe('the files of deploy/kubernetes', () => {
  it('are objects, each of a file that a kustomization names', () => {
    const named = new Set(kustomizations.flatMap(referredTo));
    for (const { file, objects: inFile } of files) {
      expect([...named], file).toContain(file);
      for (const object of inFile) {
        expect(object, file).toMatchObject({
          apiVersion: expect.any(String),
          kind: expect.any(String),
          metadata: { name: expect.any(String) },
        });
      }
    }
  });

  it('are there, where a kustomization names them', () => {
    const missing = kustomizations
      .flatMap(referredTo)
      .filter((file) => !existsSync(join(root, file)));
    expect(missing).toEqual([]);
  });
});

describe.each(ROLES)('the pod of the %s', (role) => {
  const workload = workloadOf(role);
  const { container, pod } = workload;

  it('runs the command that the tests run', () => {
    expect(container.args).toEqual([role]);
    expect(commandLine.commands).toContain(role);
  });

  it.each(['production', 'demo'])('has a configuration that works in the overlay %s', (overlay) => {
    const files = secretFiles(workload);
    const loaded = loadConfig(role, {
      env: environmentOf(container, overlay),
      cwd: '/app',
      readFile(path) {
        if (!files.includes(path)) throw Object.assign(new Error(path), { code: 'ENOENT' });
        return path.endsWith('redis-url') ? 'redis://:secret@xsoar-intel-redis:6379' : 'secret';
      },
    });
    expect(loaded.ok ? [] : loaded.problems.map(({ message }) => message)).toEqual([]);
  });

  it('mounts the secrets that its role reads, and no other', () => {
    const secret = new Set(
      variables.filter((one) => one.secret && one.roles.includes(role)).map(({ name }) => name),
    );
    const named = (container.env ?? []).filter(({ name }) => name.endsWith('_FILE'));
    expect(named.map(({ value }) => value).toSorted()).toEqual(secretFiles(workload).toSorted());
    for (const { name } of named) expect([...secret]).toContain(name.replace(/_FILE$/, ''));
  });

  it('is alive whatever Redis and XSOAR do, and ready when it says so', () => {
    expect(container.startupProbe?.httpGet).toEqual({ path: '/healthz', port: 'metrics' });
    expect(container.livenessProbe?.httpGet).toEqual({ path: '/healthz', port: 'metrics' });
    expect(container.readinessProbe?.httpGet).toEqual({ path: '/readyz', port: 'metrics' });
    const { METRICS_ENABLE, METRICS_PORT } = environmentOf(container, 'production');
    const port = container.ports?.find(({ name }) => name === 'metrics')?.containerPort;
    expect([METRICS_ENABLE, METRICS_PORT]).toEqual(['true', String(port)]);
  });

  it('is given longer to end than it takes', () => {
    const fallback = variables.find(({ name }) => name === 'SHUTDOWN_TIMEOUT')?.default ?? '';
    const shutdownMs = parseDuration(fallback) ?? Number.POSITIVE_INFINITY;
    expect((pod.terminationGracePeriodSeconds ?? 30) * 1_000).toBeGreaterThan(shutdownMs + 5_000);
  });
});

describe('every pod', () => {
  it.each(workloads.map((workload) => [workload.name, workload] as const))(
    '%s keeps the restricted pod security standard, and a read-only file system',
    (_name, { pod, container }) => {
      expect(pod.securityContext).toMatchObject({
        runAsNonRoot: true,
        runAsUser: expect.any(Number),
        seccompProfile: { type: 'RuntimeDefault' },
      });
      expect(container.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(pod.automountServiceAccountToken).toBe(false);
      expect(pod.enableServiceLinks).toBe(false);
      expect(container.resources?.limits?.memory).toBeDefined();
    },
  );

  it('starts one of our commands with options that exist', () => {
    expect(ours.length).toBe(5);
    for (const { container } of ours) {
      const [command = '', ...rest] = container.args ?? [];
      expect(commandLine.commands).toContain(command);
      for (const word of rest.filter((one) => one.startsWith('--'))) {
        expect(commandLine.options).toContain(word);
      }
    }
  });

  it('is set by variables that exist', () => {
    const set = ours.flatMap(({ container }) => (container.env ?? []).map(({ name }) => name));
    const settings = filesBelow(folder, 'settings.env').flatMap((file) => [
      ...parseEnvFile(read(file)).keys(),
    ]);
    expect(settings.length).toBeGreaterThan(0);
    expect([...set, ...settings].filter((name) => !knownVariables.has(name))).toEqual([]);
  });

  it('is found by each Service that points to it, at a port that it has', () => {
    for (const { metadata, spec } of specOf('Service')) {
      const { selector = {}, ports } = spec as {
        selector: Record<string, string>;
        ports: { targetPort: string }[];
      };
      const found = workloads.filter(({ labels }) =>
        Object.entries(selector).every(([key, value]) => labels[key] === value),
      );
      expect(found.length, metadata.name).toBeGreaterThan(0);
      for (const { container } of found) {
        const names = (container.ports ?? []).map(({ name }) => name);
        expect(names, metadata.name).toEqual(
          expect.arrayContaining(ports.map(({ targetPort }) => targetPort)),
        );
      }
    }
  });

  it('has its metrics scraped by the ServiceMonitor', () => {
    const [monitor] = specOf('ServiceMonitor');
    const { selector } = (monitor?.spec ?? {}) as {
      selector: { matchLabels: Record<string, string> };
    };
    const service = specOf('Service').find(({ metadata }) =>
      Object.entries(selector.matchLabels).every(
        ([key, value]) => metadata.labels?.[key] === value,
      ),
    );
    expect(service?.metadata.name).toBe('xsoar-intel-metrics');
  });
});

describe('policies', () => {
  it('deny everything that is not named', () => {
    const policies = specOf('NetworkPolicy');
    expect(policies.find(({ metadata }) => metadata.name === 'xsoar-intel-deny')?.spec).toEqual({
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
    });
    for (const { spec } of policies) {
      for (const { to = [] } of (spec as { egress?: { to?: { ipBlock?: object }[] }[] }).egress ??
        []) {
        // Never the cloud's metadata service.
        for (const { ipBlock } of to) {
          if (ipBlock) expect(ipBlock).toMatchObject({ except: ['169.254.0.0/16'] });
        }
      }
    }
  });

  it('let a node be drained, but not take both ingests or all workers', () => {
    const budgets = specOf('PodDisruptionBudget');
    expect(budgets.map(({ metadata }) => metadata.name)).toEqual([
      'xsoar-intel-ingest',
      'xsoar-intel-worker',
    ]);
    for (const { spec } of budgets) {
      expect(spec).toMatchObject({
        maxUnavailable: 1,
        unhealthyPodEvictionPolicy: 'AlwaysAllow',
      });
    }
  });
});

describe('metrics in KEDA and alerts', () => {
  it('the PrometheusRule has the alerts of deploy/prometheus (WRITE_DOCS=1 rewrites it)', () => {
    const file = `${folder}/components/monitoring/prometheus-rule.yaml`;
    if (process.env.WRITE_DOCS === '1') writeFileSync(join(root, file), renderPrometheusRule());
    expect(read(file)).toBe(renderPrometheusRule());
  });

  const documented = new Set(read('docs/metrics.md').match(/xsoar_intel_[a-z_]+/g));
  const used = (object: KubernetesObject | undefined): string[] => [
    ...new Set(JSON.stringify(object?.spec ?? {}).match(/xsoar_intel_[a-z_]+/g)),
  ];

  it('are those that the programs serve', () => {
    const [scaler] = specOf('ScaledObject');
    expect(used(scaler)).toEqual(
      expect.arrayContaining([
        'xsoar_intel_oldest_pending_seconds',
        'xsoar_intel_pending_entities',
      ]),
    );
    for (const kind of ['ScaledObject', 'PrometheusRule']) {
      for (const object of specOf(kind)) {
        for (const name of used(object)) {
          expect([...documented]).toContain(name.replace(/_(bucket|sum|count)$/, ''));
        }
      }
    }
  });

  it('scale the workers up to a cap', () => {
    expect(specOf('ScaledObject')[0]?.spec).toMatchObject({
      scaleTargetRef: { name: workloadOf('worker').name },
      minReplicaCount: 1,
      maxReplicaCount: expect.any(Number),
    });
  });
});

describe.skipIf(!haveKubectl)('kubectl kustomize', () => {
  it.each(['production', 'demo'])('renders the overlay %s whole', (overlay) => {
    const rendered = kustomize(overlay);
    const names = workloadsOf(rendered).map(({ name }) => name);
    for (const role of ROLES) expect(names).toContain(`xsoar-intel-${role}`);
    // Every pod takes its settings from the generated map, by its name with the hash.
    const map = rendered.find(({ kind }) => kind === 'ConfigMap')?.metadata.name;
    expect(map).toMatch(/^xsoar-intel-[a-z0-9]+$/);
    expect(JSON.stringify(rendered).split(`"configMapRef":{"name":"${map}"}`).length).toBe(4);
  });

  it('gives the ingest the key of XSOAR by components/reconcile, and nothing else', () => {
    const copy = mkdtempSync(join(tmpdir(), 'xsoar-intel-kubernetes-'));
    const own = join(copy, 'overlays/production');
    try {
      cpSync(join(root, folder), copy, { recursive: true });
      const production = read(`${folder}/overlays/production/kustomization.yaml`);
      const text = production.replace(
        'components:\n',
        'components:\n  - ../../components/reconcile\n',
      );
      writeFileSync(join(own, 'kustomization.yaml'), text);
      const settings = read(`${folder}/overlays/production/settings.env`);
      writeFileSync(join(own, 'settings.env'), `${settings}\nRECONCILE_INTERVAL=1d\n`);
      const ingest = (objects: KubernetesObject[]) =>
        workloadsOf(objects).find(({ name }) => name === 'xsoar-intel-ingest');
      const [before, after] = [ingest(kustomize('production')), ingest(kustomizeFolder(own))];
      if (before === undefined || after === undefined) throw new Error('no ingest');
      expect(secretFiles(after).toSorted()).toEqual(
        [...secretFiles(before), '/run/secrets/xsoar-intel/xsoar-key'].toSorted(),
      );
      expect(after.container.env).toEqual([
        ...(before.container.env ?? []),
        { name: 'XSOAR_KEY_FILE', value: '/run/secrets/xsoar-intel/xsoar-key' },
      ]);
    } finally {
      rmSync(copy, { recursive: true, force: true });
    }
  });

  it('leaves the number of workers to KEDA in production', () => {
    const worker = kustomize('production').find(
      ({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'xsoar-intel-worker',
    );
    expect(worker?.spec).not.toHaveProperty('replicas');
  });
});
