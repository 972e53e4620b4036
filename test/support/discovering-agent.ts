/** Discovery alone, as a process of its own: prints a line for everything that it tells. Arguments: a port, an executable. */
import { createDiscovery } from '../../src/discover/discovery.ts';
import { ProcFs } from '../../src/discover/proc-fs.ts';
import { pidNamespaceOf } from '../../src/discover/surroundings.ts';
import { loadAddon } from '../../src/kernel/addon.ts';
import { ProcessWatcher } from '../../src/kernel/process-watch.ts';
import { rule, rules } from './rules.ts';

const [openPorts = '', exePath = ''] = process.argv.slice(2);
const proc = new ProcFs();
const watcher = new ProcessWatcher(loadAddon(), 0, pidNamespaceOf(proc));
const discovery = createDiscovery({
  rules: rules([rule('test', { ...(openPorts !== '' && { openPorts }), ...(exePath !== '' && { exePath }) })]),
  proc,
  host: { name: 'host', resource: {}, defaultResource: {} },
  targets: watcher,
  events: watcher,
  onSelected: ({ service, process: { hostPid } }) => console.log(`+${service.name} ${service.pid} ${hostPid}`),
  onChanged: () => {},
  onGone: ({ service }) => console.log(`-${service.name}`),
});
await discovery.start();
console.log(`ready ${process.pid}`);
// Whatever is written to it ends it.
process.stdin.once('data', () => void discovery.stop().then(() => process.exit(0)));
