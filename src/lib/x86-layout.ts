/** The parts of an instruction of x86-64, https://cdrdv2.intel.com/v1/dl/getContent/671110 (volume 2, appendix A). */
export interface Layout {
  readonly bytes: number;
  /** Table of opcodes: 0 = one byte, 1 = behind 0F, 2 = behind 0F 38, 3 = behind 0F 3A. */
  readonly map: number;
  readonly opcode: number;
  /** 0 when there is none. */
  readonly rex: number;
  readonly modrm: number;
  /** The three bits of modrm that choose an operation or a register. */
  readonly immediateOf: number;
  /** A prefix makes operands 16 bits wide. */
  readonly isNarrow: boolean;
}

const maxBytes = 15;
const prefixes = new Set([0x66, 0x67, 0xf0, 0xf2, 0xf3, 0x2e, 0x36, 0x3e, 0x26, 0x64, 0x65]);
/** Opcodes of one byte that do not exist in 64-bit mode. */
const invalid = new Set([
  0x06, 0x07, 0x0e, 0x16, 0x17, 0x1e, 0x1f, 0x27, 0x2f, 0x37, 0x3f, 0x60, 0x61, 0x82, 0x9a, 0xce, 0xd4, 0xd5, 0xd6,
  0xea,
]);
/** Behind 0F: without modrm, and with a byte of immediate. */
const bareIn0f = new Set([
  0x05, 0x06, 0x07, 0x08, 0x09, 0x0b, 0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x37, 0x77, 0xa0, 0xa1, 0xa2, 0xa8, 0xa9,
  0xaa,
]);
const byteIn0f = new Set([0x70, 0x71, 0x72, 0x73, 0xa4, 0xac, 0xba, 0xc2, 0xc4, 0xc5, 0xc6]);

/** Undefined when the bytes are no instruction, or end before it does. */
export function layoutOf(code: Buffer, start: number): Layout | undefined {
  let at = start;
  let isNarrow = false;
  for (; prefixes.has(code[at] ?? 0); at++) if (code[at] === 0x66) isNarrow = true;
  let rex = 0;
  let map = 0;
  let opcode = code[at++] ?? 0;
  let isVector = false;
  if ((opcode & 0xf0) === 0x40) {
    rex = opcode;
    opcode = code[at++] ?? 0;
  }
  if (opcode === 0xc5 || opcode === 0xc4 || opcode === 0x62) {
    isVector = true;
    map = opcode === 0xc5 ? 1 : (code[at] ?? 0) & (opcode === 0x62 ? 7 : 31);
    at += opcode === 0xc5 ? 1 : opcode === 0xc4 ? 2 : 3;
    opcode = code[at++] ?? 0;
    if (map < 1 || map > 6) return undefined;
  } else if (opcode === 0x0f) {
    map = 1;
    opcode = code[at++] ?? 0;
    if (opcode === 0x38 || opcode === 0x3a) {
      map = opcode === 0x38 ? 2 : 3;
      opcode = code[at++] ?? 0;
    }
  } else if (invalid.has(opcode)) return undefined;
  let modrm = 0;
  if (isVector ? !(map === 1 && opcode === 0x77) : hasModrm(map, opcode)) {
    modrm = code[at] ?? 0;
    at += addressBytes(modrm, code[at + 1] ?? 0);
  }
  const immediateOf = (modrm >> 3) & 7;
  at += immediateBytes({ map, opcode, immediateOf, isNarrow, isWide: (rex & 8) !== 0 });
  const bytes = at - start;
  if (at > code.length || bytes > maxBytes) return undefined;
  return { bytes, map, opcode, rex, modrm, immediateOf, isNarrow };
}

function hasModrm(map: number, opcode: number): boolean {
  if (map === 1) return !bareIn0f.has(opcode) && (opcode & 0xf0) !== 0x80 && (opcode & 0xf8) !== 0xc8;
  if (map > 1) return true;
  if (opcode < 0x40) return (opcode & 7) < 4;
  if (opcode >= 0x80 && opcode <= 0x8f) return true;
  return (
    [0x63, 0x69, 0x6b, 0xc0, 0xc1, 0xc6, 0xc7, 0xf6, 0xf7, 0xfe, 0xff].includes(opcode) ||
    (opcode >= 0xd0 && opcode <= 0xd3) ||
    (opcode >= 0xd8 && opcode <= 0xdf)
  );
}

/** Length of modrm itself, the byte that may follow it, and the displacement. */
function addressBytes(modrm: number, sib: number): number {
  const mod = modrm >> 6;
  const base = modrm & 7;
  if (mod === 3) return 1;
  const hasSib = base === 4;
  const far = mod === 2 || (mod === 0 && (base === 5 || (hasSib && (sib & 7) === 5)));
  return 1 + (hasSib ? 1 : 0) + (mod === 1 ? 1 : far ? 4 : 0);
}

interface Operands {
  readonly map: number;
  readonly opcode: number;
  readonly immediateOf: number;
  readonly isNarrow: boolean;
  readonly isWide: boolean;
}

function immediateBytes({ map, opcode, immediateOf, isNarrow, isWide }: Operands): number {
  const word = isNarrow ? 2 : 4;
  if (map === 1) return byteIn0f.has(opcode) ? 1 : (opcode & 0xf0) === 0x80 ? 4 : 0;
  if (map !== 0) return map === 3 ? 1 : 0;
  if (opcode < 0x40) return (opcode & 7) === 4 ? 1 : (opcode & 7) === 5 ? word : 0;
  if (opcode >= 0xb8 && opcode <= 0xbf) return isWide ? 8 : word;
  if ((opcode & 0xf0) === 0x70 || (opcode & 0xf8) === 0xb0 || (opcode >= 0xe0 && opcode <= 0xe7)) return 1;
  if (opcode >= 0xa0 && opcode <= 0xa3) return 8;
  if (opcode === 0xf6) return immediateOf < 2 ? 1 : 0;
  if (opcode === 0xf7) return immediateOf < 2 ? word : 0;
  if ([0x68, 0x69, 0x81, 0xa9, 0xc7].includes(opcode)) return word;
  if ([0x6a, 0x6b, 0x80, 0x83, 0xa8, 0xc0, 0xc1, 0xc6, 0xcd, 0xeb].includes(opcode)) return 1;
  if (opcode === 0xe8 || opcode === 0xe9) return 4;
  if (opcode === 0xc2 || opcode === 0xca) return 2;
  return opcode === 0xc8 ? 3 : 0;
}
