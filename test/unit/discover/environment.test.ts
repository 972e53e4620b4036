import { expect, test } from 'vitest';
import { otelVariables, resourceAttributes } from '../../../src/discover/environment.ts';

test('attributes are pairs with percent-encoded values', () => {
  expect(resourceAttributes('service.name=shop, team=a%20b,empty=,broken,=x,url=a=b')).toEqual({
    'service.name': 'shop',
    team: 'a b',
    url: 'a=b',
  });
});

test('a reference that nobody has expanded counts as absent', () => {
  expect(resourceAttributes('service.name=$(NAME),node=$NODE,ok=1')).toEqual({ ok: '1' });
});

test('a value that is no valid encoding is taken as it is', () => {
  expect(resourceAttributes('share=100%')).toEqual({ share: '100%' });
});

test('other variables are not kept', () => {
  expect(otelVariables(['HOME=/root', 'OTEL_X=1=2', 'OTEL_BROKEN', 'NOT_OTEL_X=3'])).toEqual({ OTEL_X: '1=2' });
});
