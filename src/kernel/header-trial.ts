import type { Addon } from './addon.ts';
import { HeaderPair } from './header-pair.ts';
import { causeOf, detailOf } from './refusal.ts';

/** Whether headers can be written into requests without harm to the sockets that they leave through. */
export interface HeaderTrial {
  readonly isHarmless: boolean;
  /** What the trial has found. */
  readonly says: string;
  readonly fix?: string;
}

const limitMs = 3000;
const waitingBytes = 1000;
const transferredBytes = 2 << 20;
const wakeUps = 100;

/** Each tells what was not as it should be. */
const checks: readonly ((pair: HeaderPair) => Promise<string | undefined>)[] = [unread, woken, transferred, written];

/**
 * Does to a connection of the agent with itself what would be done to those of processes. On several kernels a socket in a map
 * of sockets answers 0 to FIONREAD, by which nginx, Java and .NET size their reads.
 */
export async function tryHeaders(addon: Addon, proc: string, hostPid: number): Promise<HeaderTrial> {
  let pair: HeaderPair | undefined;
  try {
    pair = await HeaderPair.open(addon, { proc, hostPid });
    for (const check of checks) {
      const wrong = await within(limitMs, check(pair));
      if (wrong !== undefined) return harmful(wrong);
    }
    const says = `FIONREAD, ${wakeUps} wake-ups and ${transferredBytes >> 20} MiB each way were unharmed in a trial`;
    return { isHarmless: true, says };
  } catch (error) {
    const { cause, fix } = causeOf(error);
    return { isHarmless: false, says: `no trial was possible: ${cause} (${detailOf(error)})`, fix };
  } finally {
    pair?.close();
  }
}

function harmful(what: string): HeaderTrial {
  const says = `in a trial on a connection of the agent's own, in a map of sockets, ${what}`;
  return { isHarmless: false, says, fix: 'use tcp, and an agent at both ends; later kernels may pass the trial' };
}

/** To the first reader, before anything was read. */
export async function unread(pair: HeaderPair): Promise<string | undefined> {
  await pair.send('server', Buffer.alloc(waitingBytes));
  const answered = await pair.unread(waitingBytes);
  await pair.receive('client', waitingBytes);
  return answered === waitingBytes ? undefined : `FIONREAD answered ${answered} while ${waitingBytes} bytes waited`;
}

export async function woken(pair: HeaderPair): Promise<string | undefined> {
  for (let i = 0; i < wakeUps; i++) {
    await pair.send('server', Buffer.of(i));
    if ((await pair.receive('client', 1))[0] !== i) return 'a byte arrived as another one';
    await pair.send('client', Buffer.of(i));
    if ((await pair.receive('server', 1))[0] !== i) return 'a byte left as another one';
  }
  return undefined;
}

export async function transferred(pair: HeaderPair): Promise<string | undefined> {
  const bytes = Buffer.from(Uint32Array.from({ length: transferredBytes / 4 }, (_, i) => i * 2_654_435_761).buffer);
  const [down, up] = await Promise.all([
    pair.receive('client', bytes.length),
    pair.receive('server', bytes.length),
    pair.send('server', bytes),
    pair.send('client', bytes),
  ]);
  if (!down.equals(bytes)) return `${transferredBytes >> 20} MiB were not received as they had been sent`;
  return up.equals(bytes) ? undefined : `${transferredBytes >> 20} MiB were not sent as they should have been`;
}

/** A request gets its header, and its body is what it was. */
export async function written(pair: HeaderPair): Promise<string | undefined> {
  const line = 'POST /trial HTTP/1.1\r\n';
  const rest = Buffer.concat([
    Buffer.from('Host: trial\r\nContent-Length: 100000\r\n\r\n'),
    Buffer.alloc(100_000, 'body '),
  ]);
  const header = pair.expectHeader(line.length);
  const wanted = Buffer.concat([Buffer.from(line + header), rest]);
  const [received] = await Promise.all([
    pair.receive('server', wanted.length),
    pair.send('client', Buffer.concat([Buffer.from(line), rest])),
  ]);
  return received.equals(wanted) ? undefined : 'a request did not leave with its header in the right place';
}

async function within(ms: number, check: Promise<string | undefined>): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const timer = setTimeout(() => resolve(`bytes that were sent had not arrived after ${ms} ms`), ms);
  try {
    return await Promise.race([check, promise]);
  } finally {
    clearTimeout(timer);
  }
}
