import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { HeaderTable } from '../../../../src/protocol/http2/header-table.ts';

/** Headers of a block, a line each; `?` where a name is not known. */
function lines(table: HeaderTable, hex: string): string[] | undefined {
  const fields = table.decode(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
  return fields?.map(({ name, value }) => (name === '' ? '?' : `${name}: ${value}`));
}

const requests = [
  [':method: GET', ':scheme: http', ':path: /', ':authority: www.example.com'],
  [':method: GET', ':scheme: http', ':path: /', ':authority: www.example.com', 'cache-control: no-cache'],
  [':method: GET', ':scheme: https', ':path: /index.html', ':authority: www.example.com', 'custom-key: custom-value'],
];
const setCookie = 'set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1';
const location = 'location: https://www.example.com';
const at21 = 'date: Mon, 21 Oct 2013 20:13:21 GMT';
const responses = [
  [':status: 302', 'cache-control: private', at21, location],
  [':status: 307', 'cache-control: private', at21, location],
  [
    ':status: 200',
    'cache-control: private',
    'date: Mon, 21 Oct 2013 20:13:22 GMT',
    location,
    'content-encoding: gzip',
    setCookie,
  ],
];
/** The examples of responses begin with a table of 256 bytes, which an encoder says by this. */
const sizeOf256 = '3fe101';

describe('the examples of https://www.rfc-editor.org/rfc/rfc7541#appendix-C', () => {
  test.each([
    ['C.2.1', '400a637573746f6d2d6b65790d637573746f6d2d686561646572', 'custom-key: custom-header'],
    ['C.2.2', '040c2f73616d706c652f70617468', ':path: /sample/path'],
    ['C.2.3', '100870617373776f726406736563726574', 'password: secret'],
    ['C.2.4', '82', ':method: GET'],
  ])('%s, a field', (_, hex, line) => {
    expect(lines(new HeaderTable(true), hex)).toEqual([line]);
  });

  test.each([
    [
      'C.3, requests',
      [
        '828684410f7777772e6578616d706c652e636f6d',
        '828684be58086e6f2d6361636865',
        '828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565',
      ],
      requests,
      164,
    ],
    [
      'C.4, requests in the Huffman code',
      [
        '828684418cf1e3c2e5f23a6ba0ab90f4ff',
        '828684be5886a8eb10649cbf',
        '828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf',
      ],
      requests,
      164,
    ],
    [
      'C.5, responses',
      [
        `${sizeOf256}4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d546e1768747470733a2f2f7777772e6578616d706c652e636f6d`,
        '4803333037c1c0bf',
        '88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a69707738666f6f3d4153444a4b48514b425a584f5157454f50495541585157454f49553b206d61782d6167653d333630303b2076657273696f6e3d31',
      ],
      responses,
      215,
    ],
    [
      'C.6, responses in the Huffman code',
      [
        `${sizeOf256}488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3`,
        '4883640effc1c0bf',
        '88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007',
      ],
      responses,
      215,
    ],
  ])('%s', (_, blocks, expected, bytes) => {
    const table = new HeaderTable(true);
    expect(blocks.map((hex) => lines(table, hex))).toEqual(expected);
    expect(table.bytes).toBe(bytes);
  });
});

test.each([
  ['an index of nothing', '80'],
  ['an index beyond the table', 'bf'],
  ['a text that ends too late', '000161ff'],
  ['a number that does not end', 'ffffffffffffffff'],
  ['a Huffman code that is the end itself', '000161 84ffffffff'],
  ['padding of a Huffman code that is not ones', '000161 8100'],
])('%s is an error, after which nothing older is known', (_, hex) => {
  const table = new HeaderTable(true);
  lines(table, '400161 0162');
  expect(lines(table, hex)).toBeUndefined();
  expect(lines(table, 'be')).toEqual(['?']);
});

test('what came before the table was followed is unknown, what came since is not', () => {
  const table = new HeaderTable(false);
  expect(lines(table, 'be 400161 0162 be bf')).toEqual(['?', 'a: b', 'a: b', '?']);
  table.forget();
  expect(lines(table, '400163 0164 be bf')).toEqual(['c: d', 'c: d', '?']);
});

test('a field whose name is unknown has its place in the table all the same', () => {
  const table = new HeaderTable(false);
  expect(lines(table, '7e0162 400163 0164 be bf')).toEqual(['?', 'c: d', 'c: d', '?']);
});

test('an encoder may not make the agent keep more than 64 KB', () => {
  const table = new HeaderTable(true);
  const value = `7f8101${'61'.repeat(256)}`;
  lines(table, '3fe1ff3f'); // a megabyte
  for (let i = 0; i < 1000; i++) lines(table, `400178 ${value}`);
  expect(table.bytes).toBeLessThanOrEqual(65536);
  expect(lines(table, `ff${'ff01'}`)).toEqual(['?']);
});

/** Made by an encoder that is none of ours: test/servers/grpc/go/stories. */
const stories = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../fixtures/hpack/stories.json'), 'utf8'),
) as readonly (readonly { wire: string; headers: readonly (readonly [string, string])[] }[])[];

test.each(stories.map((blocks, i) => [i, blocks] as const))('story %i reads as it was written', (_, blocks) => {
  const table = new HeaderTable(true);
  for (const { wire, headers } of blocks) {
    const expected = headers.map(([name, value]) => `${name}: ${Buffer.from(value).toString('latin1')}`);
    expect(lines(table, wire)).toEqual(expected);
  }
});
