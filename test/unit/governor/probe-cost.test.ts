import { expect, test, vi } from 'vitest';
import { ProbeCost } from '../../../src/governor/probe-cost.ts';

test('where the kernel refuses to measure, the cost is unknown and asked for once', () => {
  const enableStats = vi.fn(() => {
    throw Object.assign(new Error('EPERM: operation not permitted, bpf_enable_stats'), { code: 'EPERM' });
  });
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const cost = new ProbeCost({ addon: { enableStats }, objects: () => [] });
  for (let slice = 0; slice < 3; slice++) {
    cost.begin(0);
    cost.end(1000);
  }
  expect(cost.nsPerRecord).toBe(0);
  expect(cost.isMeasuring).toBe(false);
  expect(enableStats).toHaveBeenCalledOnce();
  vi.restoreAllMocks();
});
