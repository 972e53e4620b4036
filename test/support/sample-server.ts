import { connect } from 'node:net';
import { Child, type ChildOptions } from './processes.ts';
import { sampleServer } from './programs.ts';
import { until } from './until.ts';

/** The tutorial's sample server, listening. */
export async function startSampleServer(port: number, options: ChildOptions = {}): Promise<Child> {
  const child = new Child(sampleServer(), ['-port', String(port)], { name: 'the sample server', ...options });
  await listening(child, port);
  return child;
}

/** Waits until the process takes connections on the port. */
export async function listening(child: Child, port: number): Promise<void> {
  await until(async () => child.exit !== undefined || (await accepts(port)), {
    what: () => `${child.name} to listen on ${port}: ${child.tail()}`,
  });
  if (child.exit !== undefined) throw new Error(`${child.name} ended (${child.exit}): ${child.tail()}`);
}

export function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
