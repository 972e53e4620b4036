import { describe, expect, test } from 'vitest';
import { readTraceparent, readTracestate } from '../../../src/protocol/trace-context.ts';
import { traceparents } from '../../fixtures/trace-context.ts';

test.each(traceparents)('traceparent: $name', ({ value, flags }) => {
  const read = readTraceparent(value);
  if (flags === undefined) expect(read).toBeUndefined();
  else {
    const [, trace, span] = value.trim().split('-');
    expect(read).toEqual({ traceId: trace, spanId: span, traceFlags: flags });
  }
});

describe('tracestate', () => {
  test.each<[string, readonly string[], string]>([
    ['one member', ['rojo=00f067aa0ba902b7'], 'rojo=00f067aa0ba902b7'],
    ['several headers', ['a=1', 'b=2,c=3'], 'a=1,b=2,c=3'],
    ['blanks around members', [' a=1 ,\tb=2\t, ,'], 'a=1,b=2'],
    ['the key of a tenant', ['fw529a3039@dt=FfAAAA'], 'fw529a3039@dt=FfAAAA'],
    ['a tenant that begins with a digit', ['0a@b=1'], '0a@b=1'],
    ['all that values may hold', ['a= !"#$%&\'()*+-./:;<>?@[]^`{|}~'], 'a= !"#$%&\'()*+-./:;<>?@[]^`{|}~'],
    ['no header', [], ''],
    ['nothing', [''], ''],
    ['a key in upper case', ['A=1'], ''],
    ['a key that begins with a digit', ['1a=1'], ''],
    ['no value', ['a='], ''],
    ['no key', ['=1'], ''],
    ['no equals sign', ['a'], ''],
    ['an equals sign in the value', ['a=b=c'], ''],
    ['blanks within the key', ['a b=1'], ''],
    ['a letter beyond ASCII', ['a=\u00e9'], ''],
    ['one bad member among good ones', ['a=1,B=2'], ''],
    ['a key that is too long', [`${'k'.repeat(257)}=1`], ''],
    ['a value that is too long', [`k=${'v'.repeat(257)}`], ''],
  ])('%s', (_, headers, expected) => {
    expect(readTracestate(headers)).toBe(expected);
  });

  const members = (count: number, value: string) => Array.from({ length: count }, (_, i) => `k${i}=${value}`);

  test('has 32 members at most', () => {
    expect(readTracestate(members(32, '1'))).toBe(members(32, '1').join(','));
    expect(readTracestate(members(33, '1'))).toBe('');
  });

  test('is cut to 512 characters, long members first', () => {
    const long = `long=${'x'.repeat(200)}`;
    const cut = readTracestate([long, ...members(30, 'y'.repeat(15))]);
    expect(cut).toBe(members(26, 'y'.repeat(15)).join(','));
    expect(cut.length).toBeLessThanOrEqual(512);
  });
});
