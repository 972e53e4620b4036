import { heldSockets } from './discover/held-sockets.ts';
import type { ProcFs } from './discover/proc-fs.ts';
import type { Selected } from './discover/selected.ts';
import { type Capture, seesPackets } from './kernel/capture.ts';
import { SocketOwners } from './kernel/socket-owners.ts';

const gatherMs = 100;
const restMs = 1000;

export interface OwnershipOptions {
  readonly capture: Capture;
  readonly proc: ProcFs;
  readonly selected: () => readonly Selected[];
}

/** Keeps the kernel programs informed of whose the sockets are, when they have no other way to know. */
export class Ownership {
  readonly #owners: SocketOwners | undefined;
  readonly #options: OwnershipOptions;
  #timer: NodeJS.Timeout | undefined;
  #latestMs = 0;

  constructor(options: OwnershipOptions) {
    this.#options = options;
    const { backend, object } = options.capture;
    this.#owners = seesPackets(backend) ? new SocketOwners(object.map('owners')) : undefined;
  }

  /** Processes have come or gone. Their sockets are looked at soon, but not again and again. */
  changed(): void {
    if (this.#owners === undefined) return;
    const waitMs = Math.max(gatherMs, this.#latestMs + restMs - performance.now());
    this.#timer ??= setTimeout(() => this.look(), waitMs).unref();
  }

  look(): void {
    this.stop();
    const { proc, selected } = this.#options;
    this.#owners?.write(
      heldSockets(
        proc,
        selected().map(({ process }) => process),
      ),
    );
    this.#latestMs = performance.now();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
