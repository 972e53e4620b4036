import { once } from 'node:events';
import { type AddressInfo, createServer, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { HeaderContext } from './abi.gen.ts';
import { type Addon, type BpfObject, builtFile } from './addon.ts';
import { cgroupRoot } from './cgroup-root.ts';

type End = 'client' | 'server';

const patienceMs = 300;

/** A connection of this process with itself, whose client is in a map of sockets as those of captured processes would be. */
export class HeaderPair {
  readonly #addon: Addon;
  readonly #object: BpfObject;
  readonly #ends: Readonly<Record<End, Socket>>;

  private constructor(addon: Addon, object: BpfObject, ends: Readonly<Record<End, Socket>>) {
    this.#addon = addon;
    this.#object = object;
    this.#ends = ends;
  }

  /**
   * `proc`: the host's. `hostPid`: this process's.
   *
   * @throws KernelError when the kernel does not take the programs, or not at that place.
   */
  static async open(addon: Addon, { proc, hostPid }: { readonly proc: string; readonly hostPid: number }) {
    const root = cgroupRoot(proc);
    if (root === undefined) throw new Error('control groups of version 2 are not mounted');
    const object = addon.openObject(builtFile('bpf/context_headers.bpf.o'), {
      constants: { tried_pid: hostPid },
      maxEntries: { conns: 1, blank_conn: 1 },
    });
    try {
      object.load();
      object.attachSockmap('header_send', object.map('header_socks'));
      object.attachCgroup('header_connect', root.path);
      const pair = new HeaderPair(addon, object, await connected());
      if (pair.#key() === undefined) throw new Error('the socket did not get into the map');
      return pair;
    } catch (error) {
      object.close();
      throw error;
    }
  }

  async send(from: End, bytes: Buffer): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#ends[from].write(bytes, (error) => (error ? reject(error) : resolve()));
    await promise;
  }

  async receive(at: End, count: number): Promise<Buffer> {
    const socket = this.#ends[at];
    const parts: Buffer[] = [];
    for (let rest = count; rest > 0; ) {
      const part = socket.read(Math.min(rest, socket.readableLength || rest)) as Buffer | null;
      if (part === null) await once(socket, 'readable');
      else {
        parts.push(part);
        rest -= part.length;
      }
    }
    return Buffer.concat(parts);
  }

  /** What FIONREAD answers at the client, once it is `wanted` or patience is over. Nothing may have been read before. */
  async unread(wanted: number): Promise<number> {
    const { _handle: handle } = this.#ends.client as unknown as { readonly _handle: { readonly fd: number } };
    const begin = performance.now();
    for (;;) {
      const bytes = this.#addon.unreadBytes(handle.fd);
      if (bytes === wanted || performance.now() - begin > patienceMs) return bytes;
      await sleep(5);
    }
  }

  /** The next bytes of the client shall have a header put in at `at`: this one. */
  expectHeader(at: number): string {
    const value = Buffer.alloc(HeaderContext.size);
    value.fill(0xab, HeaderContext.at.id, HeaderContext.at.span);
    value.fill(0xcd, HeaderContext.at.span, HeaderContext.at.seq);
    value.writeUInt32LE(at, HeaderContext.at.at);
    value.writeUInt8(1, HeaderContext.at.flags);
    this.#object.map('headers_out').update(this.#key() ?? Buffer.alloc(8), value);
    return `traceparent: 00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01\r\n`;
  }

  close(): void {
    for (const socket of Object.values(this.#ends)) socket.destroy();
    this.#object.close();
  }

  /** The address of the client's struct sock. */
  #key(): Buffer | undefined {
    return this.#object.map('header_socks').keys()[0];
  }
}

/** The client reads nothing before it is asked to, so that what comes waits in the kernel. */
async function connected(): Promise<Record<End, Socket>> {
  const listener = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const accepted = once(listener, 'connection') as Promise<[Socket]>;
  const client = new Socket().pause().connect((listener.address() as AddressInfo).port, '127.0.0.1');
  const [[server]] = await Promise.all([accepted, once(client, 'connect')]);
  listener.close();
  for (const socket of [client, server]) socket.setNoDelay().on('error', () => socket.destroy());
  return { client, server };
}
