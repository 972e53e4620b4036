import { type Sample, sumOf } from './prometheus-text.ts';

/** What the kernel programs counted under this name of bpf/abi.h, written as abi.gen.ts writes it. */
export function kernelCount(samples: readonly Sample[], counter: string): number {
  const plain = (name: string | undefined) => name?.replaceAll('_', '').toLowerCase();
  return samples
    .filter(({ name, labels }) => name === 'beyla_kernel_events_total' && plain(labels['reason']) === plain(counter))
    .reduce((sum, { value }) => sum + value, 0);
}

/** Losses that are counted in exchanges: each is one span that is missing. */
const exchangesLost = ['lostRingFull', 'lostPipelineFull'] as const;

/** How many spans the agent says are missing. */
export function lostSpans(samples: readonly Sample[]): number {
  const inKernel = exchangesLost.reduce((sum, counter) => sum + kernelCount(samples, counter), 0);
  return inKernel + sumOf(samples, 'beyla_spans_lost_total') + sumOf(samples, 'beyla_records_undecoded_total');
}

/** Everything that the agent says is missing, in the whole of it and in bytes, by part and reason. */
export function lossesIn(samples: readonly Sample[]): Record<string, number> {
  const lost = samples.flatMap(({ name, labels, value }): [string, number][] =>
    name === 'beyla_losses_total' && value > 0 ? [[`${labels['part']} ${labels['reason']}`, value]] : [],
  );
  const bytes = kernelCount(samples, 'bytesMissed');
  return Object.fromEntries([...lost, ...(bytes > 0 ? [['bytes', bytes] as const] : [])]);
}

/** Everything that says that bytes were not understood: what bad input has to show up in. */
const doubts = [
  'connOther',
  'connTls',
  'connHttp2',
  'invalid',
  'lostTruncatedHead',
  'lostFraming',
  'lostUnpaired',
  'lostUnreadable',
] as const;

export function doubtsOf(samples: readonly Sample[]): number {
  return doubts.reduce((sum, counter) => sum + kernelCount(samples, counter), 0);
}
