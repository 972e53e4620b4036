import { RouteEvent } from '../kernel/abi.gen.ts';
import { templateOf } from '../protocol/route-template.ts';

const { at } = RouteEvent;

/** The routes that library probes have found, by the numbers that records name them by. */
export class Routes {
  readonly #byNumber = new Map<number, string>();

  /** The struct route_event at `start`. */
  add(bytes: Buffer, start: number): void {
    const from = start + at.text;
    const text = bytes.toString('utf8', from, from + bytes.readUInt16LE(start + at.bytes));
    this.#byNumber.set(bytes.readUInt32LE(start + at.route), templateOf(text));
  }

  /** Empty for the number 0, and for one that was never told. */
  of(number: number): string {
    return number === 0 ? '' : (this.#byNumber.get(number) ?? '');
  }
}
