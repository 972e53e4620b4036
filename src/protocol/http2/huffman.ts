/**
 * The code of texts in header blocks: https://www.rfc-editor.org/rfc/rfc7541#appendix-B. It is canonical: codes of a length count up
 * with the symbol, so that the lengths say it all.
 */
const symbolsByLength: readonly (readonly [bits: number, symbols: string])[] = [
  [5, '303132616365696f7374'],
  [6, '20252d2e2f333435363738393d415f62646667686c6d6e707275'],
  [7, '3a42434445464748494a4b4c4d4e4f5051525354555657596a6b71767778797a'],
  [8, '262a2c3b585a'],
  [10, '212228293f'],
  [11, '272b7c'],
  [12, '233e'],
  [13, '0024405b5d7e'],
  [14, '5e7d'],
  [15, '3c607b'],
  [19, '5cc3d0'],
  [20, '808283a2b8c2e0e2'],
  [21, '99a1a7acb0b1b3d1d8d9e3e5e6'],
  [22, '8184858688929a9ca0a3a4a9aaadb2b5b9babbbdbec4c6e4e8e9'],
  [23, '0187898a8b8c8d8f93959697989b9d9ea5a6a8aeafb4b6b7bcbfc5e7ef'],
  [24, '098e9091949fabced7e1eced'],
  [25, 'c7cfeaeb'],
  [26, 'c0c1c8c9cacdd2d5dadbeef0f2f3ff'],
  [27, 'cbccd3d4d6dddedff1f4f5f6f7f8fafbfcfdfe'],
  [28, '020304050607080b0c0e0f1011121314151718191a1b1c1d1e1f7fdcf9'],
  [30, '0a0d16'],
];

/**
 * Decoding goes by half bytes: no code is shorter than five bits, so each yields one symbol at most. A step holds the next state,
 * a node of the code's tree, and the symbol if there is one.
 */
const isSymbol = 1 << 16;
const symbolShift = 17;
const steps: Uint32Array = new Uint32Array(256 * 16);
/** States in which a text may end: what came of the next code is up to seven ones. */
const isEnd = new Uint8Array(256);
const invalid = 0xffff;

/** Text of the bytes [from, to), or undefined when they are not right. */
export function huffmanText(bytes: Buffer, from: number, to: number): string | undefined {
  if (scratch.length < (to - from) * 2) scratch = Buffer.allocUnsafe((to - from) * 2);
  let length = 0;
  let state = 0;
  for (let at = from; at < to; at++) {
    const byte = bytes[at] ?? 0;
    for (const half of [byte >> 4, byte & 15]) {
      const step = steps[state * 16 + half] ?? invalid;
      state = step & 0xffff;
      if (state === invalid) return undefined;
      if ((step & isSymbol) !== 0) scratch[length++] = step >> symbolShift;
    }
  }
  return isEnd[state] === 1 ? scratch.toString('latin1', 0, length) : undefined;
}

let scratch = Buffer.allocUnsafe(1024);

/** A node's two children: a further node, or a symbol as its complement. */
type Node = [zero: number | undefined, one: number | undefined];

function treeOf(): Node[] {
  const nodes: Node[] = [[undefined, undefined]];
  let code = 0;
  let before = 0;
  for (const [bits, symbols] of symbolsByLength) {
    for (const symbol of Buffer.from(symbols, 'hex')) {
      code <<= bits - before;
      before = bits;
      insert(nodes, code++, bits, symbol);
    }
  }
  return nodes;
}

function insert(nodes: Node[], code: number, bits: number, symbol: number): void {
  let node = nodes[0] as Node;
  for (let bit = bits - 1; bit > 0; bit--) {
    const side = (code >> bit) & 1;
    node[side] ??= nodes.push([undefined, undefined]) - 1;
    node = nodes[node[side] as number] as Node;
  }
  node[code & 1] = ~symbol;
}

function fill(nodes: readonly Node[]): void {
  nodes.forEach((_, state) => {
    for (let half = 0; half < 16; half++) steps[state * 16 + half] = stepOf(nodes, state, half);
  });
  for (let state = 0, ones = 0; ones < 8; ones++) {
    isEnd[state] = 1;
    state = nodes[state]?.[1] ?? 0;
  }
}

function stepOf(nodes: readonly Node[], from: number, half: number): number {
  let state = from;
  let symbol = 0;
  for (let bit = 3; bit >= 0; bit--) {
    const next = nodes[state]?.[((half >> bit) & 1) as 0 | 1];
    if (next === undefined) return invalid; // the code of the end, which is never sent
    if (next < 0) symbol = isSymbol | (~next << symbolShift);
    state = Math.max(next, 0);
  }
  return symbol | state;
}

fill(treeOf());
