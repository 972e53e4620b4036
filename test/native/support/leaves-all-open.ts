/** Opens, attaches and reads, closes nothing, and ends in the way its argument says. */
import { join } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { loadAddon } from '../../../src/kernel/addon.ts';

const root = join(import.meta.dirname, '../../..');
const addon = loadAddon(process.env['ADDON_UNDER_TEST'] ?? join(root, 'build/native/kernel.node'));
const object = addon.openObject(join(root, 'build/test/bpf/sample.bpf.o'), { constants: { only_pid: process.pid } });
object.load();
object.attach('on_sys_enter');
addon.enableStats();

// Kept by nobody: neither the ring nor the link may go because of that.
const ring = addon.openRing(object.map('records'), (_bytes, _ends, count) => {
  console.log(`${count} records`);
  parentPort?.postMessage('ready');
  end();
});
ring.ref();
object.testRun('send', new Uint8Array(Uint32Array.of(3, 4, 0, 0).buffer));

function end(): void {
  switch (process.argv.at(-1)) {
    case 'exit':
      process.exit(0);
      break;
    case 'throw':
      throw new Error('thrown on purpose');
    case 'terminate':
      setInterval(() => {}, 1000);
      break;
    case 'ref-then-close':
      ring.close();
      break;
    default:
      ring.unref();
  }
}
