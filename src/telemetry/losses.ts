import type { Counters } from './counters.ts';

/** Something that was not told to anybody, and why. */
export interface Loss {
  /** Which part lost it. */
  readonly part: 'kernel' | 'decode' | 'export';
  readonly reason: string;
  readonly count: number;
}

/** Everything that has a counter because it is missing. */
export function* lossesOf(counters: Counters): Iterable<Loss> {
  for (const [reason, count] of counters.of('kernel_events')) {
    if (reason.startsWith('lost_')) yield { part: 'kernel', reason: reason.slice('lost_'.length), count };
  }
  for (const [reason, count] of counters.of('records_undecoded')) yield { part: 'decode', reason, count };
  for (const [reason, count] of counters.of('spans_lost')) yield { part: 'export', reason, count };
  for (const [reason, count] of counters.of('points_lost')) yield { part: 'export', reason: `points_${reason}`, count };
}

/** Share of the bytes that were seen; undefined while there were none. */
export function coverageOf(counters: Counters): number | undefined {
  const events = new Map(counters.of('kernel_events'));
  const seen = events.get('bytes_seen') ?? 0;
  const all = seen + (events.get('bytes_missed') ?? 0);
  return all === 0 ? undefined : seen / all;
}

interface Meaning {
  readonly what: string;
  readonly fix: string;
}

const slow = 'the agent gets too little CPU: raise its CPU limit';
const unusual = 'none: the traffic was unusual; if there are many, report it';

/** What each loss of the kernel programs means, by its name in bpf/abi.h. */
const meanings: Readonly<Record<string, Meaning>> = {
  ring_full: { what: 'exchanges found no room on their way to the agent', fix: slow },
  frames: { what: 'records of HTTP/2 frames found no room, and what they ended is not told', fix: slow },
  process_event: { what: 'events of processes found no room; the table of processes was read instead', fix: slow },
  part: { what: 'parts of long request lines found no room', fix: slow },
  conn_full: { what: 'connections found no room in the table', fix: 'select fewer processes' },
  pipeline_full: { what: 'requests waited in too great a number on a connection', fix: 'select fewer processes' },
  call_full: { what: 'calls found no room: too many threads were inside one', fix: 'select fewer processes' },
  target_full: { what: 'selected processes found no room in the table', fix: 'select fewer processes' },
  unreadable: { what: 'runs of bytes were in memory that cannot be read', fix: unusual },
  unread: { what: 'exchanges had a response that could not be read', fix: unusual },
  fault: { what: 'reads of user memory failed', fix: unusual },
  long_run: { what: 'calls carried more messages than one walk can follow', fix: unusual },
  framing: { what: 'connections were lost between messages and found again', fix: unusual },
  unpaired: {
    what: 'responses had a request that was not seen',
    fix: 'none when the agent started amid them; else report it',
  },
  truncated_head: { what: 'connections ended inside the head of a request', fix: 'none: the request never was whole' },
  tls_busy: { what: 'runs of plaintext were left out because probes interrupted each other', fix: unusual },
  packet_busy: {
    what: 'packets were left out because the programs that look at them interrupted each other too often',
    fix: unusual,
  },
  packet_early: {
    what: 'packets came before others of their connection and found no room to wait for them',
    fix: unusual,
  },
  route: { what: 'routes that libraries of Go found were left out: there were too many', fix: unusual },
  header: { what: 'requests left without a traceparent header, for which the kernel found no room', fix: unusual },
};

export function meaningOf({ part, reason }: Loss): Meaning {
  if (part === 'export')
    return { what: 'items were not delivered', fix: 'see whether the receiver is up and keeps up' };
  if (part === 'decode') return { what: 'records could not be understood', fix: 'report it, with the log' };
  return meanings[reason] ?? { what: 'unknown to this version', fix: 'report it' };
}
