import { expect, test } from 'vitest';
import { settings } from '../../../src/config/settings.ts';
import { supportOf } from '../../../src/config/support.ts';

/** What `Agent.reload` takes over; test/e2e/reload-settings.test.ts asks the agent for each. */
const reloaded = [
  // not auto_target_exe and auto_target_language: the variables of a running process cannot change
  /^(?:open_port|executable_name|target_pids|service_name|service_namespace)$/,
  /^log_level$/,
  /^discovery\.(?:default_)?(?:exclude_)?(?:instrument|services)$/,
  /^discovery\.excluded_linux_system_paths$/,
  /^otel_traces_export\.sampler\./,
  /^routes\./,
  /^attributes\.(?:select|rename_unresolved_hosts\w*|sensitive_query_params\.\w+)$/,
  /^filter\.application$/,
];

test('just those settings are said to change live that a reload takes over', () => {
  const live = [...settings].filter(([, setting]) => setting.live).map(([path]) => path);
  const expected = [...settings.keys()].filter((path) => reloaded.some((pattern) => pattern.test(path)));
  expect(live).toEqual(expected);
});

test('no setting is said to change live that nothing acts on', () => {
  const live = [...settings].filter(([, { live }]) => live).map(([path]) => path);
  expect(live.filter((path) => supportOf(path).is === 'no')).toEqual([]);
});
