import type { ProcessSample } from '../../src/span/process-sample.ts';
import { testService } from './spans.ts';

/** A process that has used a second of CPU and ten pages. */
export function testSample(change: Partial<ProcessSample> = {}): ProcessSample {
  return {
    service: testService({ resource: { 'host.name': 'box' } }),
    pid: 4242,
    parentPid: 1,
    command: 'testserver',
    words: ['/srv/testserver', '-port', '8080'],
    executable: '/srv/testserver',
    owner: 'www-data',
    startTicks: 500,
    createdMs: 1_700_000_000_000,
    atMs: 1_700_000_100_000,
    cpuSeconds: { user: 0.75, system: 0.25, wait: 0 },
    residentBytes: 40_960,
    virtualBytes: 1_000_000,
    disk: { read: 4096, write: 8192 },
    network: { receive: 1_000, transmit: 2_000 },
    ...change,
  };
}
