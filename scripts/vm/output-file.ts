import { closeSync, openSync, readSync } from 'node:fs';

const everyMs = 100;

/** Hands over what a guest appends to a file, soon after it did. */
export class OutputFile {
  readonly #fd: number;
  readonly #take: (bytes: Buffer) => void;
  readonly #timer: NodeJS.Timeout;
  readonly #buffer = Buffer.alloc(1 << 16);

  constructor(path: string, take: (bytes: Buffer) => void) {
    this.#fd = openSync(path, 'r');
    this.#take = take;
    this.#timer = setInterval(() => this.#read(), everyMs);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#read();
    closeSync(this.#fd);
  }

  #read(): void {
    for (;;) {
      const size = readSync(this.#fd, this.#buffer, 0, this.#buffer.length, null);
      if (size === 0) return;
      this.#take(Buffer.from(this.#buffer.subarray(0, size)));
    }
  }
}
