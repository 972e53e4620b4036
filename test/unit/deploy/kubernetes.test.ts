import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { readConfig } from '../../../src/config/load.ts';
import { neededCapabilities, root } from '../../support/programs.ts';

const read = (file: string) => readFileSync(join(root, 'deploy', file), 'utf8');
const objects = parseAllDocuments(read('kubernetes/beyla.yml')).map((document) => document.toJS());
const [daemonSet] = objects.filter(({ kind }) => kind === 'DaemonSet');
const [container] = daemonSet.spec.template.spec.containers;
const values = parse(read('helm/beyla/values.yaml'));

test('the agent of a node sees its processes, with the documented capabilities and a read-only root', () => {
  expect(daemonSet.spec.template.spec.hostPID).toBe(true);
  expect(container.securityContext).toMatchObject({ readOnlyRootFilesystem: true, allowPrivilegeEscalation: false });
  expect(container.securityContext.capabilities).toEqual({ drop: ['ALL'], add: neededCapabilities });
  expect(values.capabilities).toEqual(neededCapabilities);
});

test('selectors, accounts and volumes name things that are there', () => {
  expect(daemonSet.spec.selector.matchLabels).toEqual(daemonSet.spec.template.metadata.labels);
  const named = objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  expect(named).toContain(`ServiceAccount ${daemonSet.spec.template.spec.serviceAccountName}`);
  for (const { configMap } of daemonSet.spec.template.spec.volumes)
    expect(named).toContain(`ConfigMap ${configMap.name}`);
});

const manifest = objects.find(({ kind }) => kind === 'ConfigMap').data['beyla-config.yml'];
test.each([
  ['the manifest', () => manifest],
  ['the chart', () => JSON.stringify(values.config)],
])('the configuration of %s is accepted', (_, text) => {
  const { config } = readConfig({ path: 'beyla.yml', env: {}, readFile: text });
  expect(config?.discovery.instrument).toHaveLength(1);
  expect(config?.prometheus_export.port).toBe(9090);
});

test('every value that the chart uses has a default', () => {
  const templates = ['configmap', 'daemonset', 'serviceaccount'].map((name) =>
    read(`helm/beyla/templates/${name}.yaml`),
  );
  for (const [, path = ''] of templates.join('').matchAll(/\.Values\.([\w.]+)/g)) {
    const value = path.split('.').reduce((at, key) => at?.[key], values);
    expect(value, path).toBeDefined();
  }
  for (const template of templates) {
    const opened = template.match(/\{\{-? (?:if|with|range)\b/g)?.length ?? 0;
    expect(template.match(/\{\{-? end\b/g)?.length ?? 0).toBe(opened);
  }
});
