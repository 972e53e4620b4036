import { expect, test } from 'vitest';
import { KnownServices } from '../../../src/metrics/known-services.ts';
import { testService } from '../../support/spans.ts';

test('an instance is known until the last of its processes is gone', () => {
  const services = new KnownServices();
  const [first, second] = [testService({ pid: 1 }), testService({ pid: 2 })];
  services.add(first);
  services.add(second);
  services.remove(first);
  expect([...services.all()]).toHaveLength(1);
  services.remove(second);
  expect([...services.all()]).toEqual([]);
});

test('the languages are those of the known instances', () => {
  const services = new KnownServices();
  services.add(testService({ name: 'a', language: 'go' }));
  services.add(testService({ name: 'b', language: 'java' }));
  services.add(testService({ name: 'c', language: 'go' }));
  expect([...services.languages()]).toEqual(['go', 'java']);
});

test('what was never added cannot be removed', () => {
  const services = new KnownServices();
  services.remove(testService());
  expect([...services.all()]).toEqual([]);
});
