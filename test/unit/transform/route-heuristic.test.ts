import { expect, test } from 'vitest';
import { isGibberish } from '../../../src/transform/gibberish.ts';
import { heuristicRoute } from '../../../src/transform/route-heuristic.ts';

test.each([
  ['/hello', '/hello'],
  ['/rolldice', '/rolldice'],
  ['/users/123', '/users/*'],
  ['/api/v1/users/42', '/api/v1/users/*'],
  ['/api/v10/x', '/api/*/x'],
  ['/v12/x', '/*/x'],
  ['/users/fdklsd/j4elk/23993/job/2', '/users/*/j4elk/*/job/*'],
  ['/v1/k6-test-runs/1', '/v1/k6-test-runs/*'],
  ['/document/d/CfMkAGbE_aivhFydEpaRafPuGWbmHfG/edit', '/document/d/*/edit'],
  ['/products//org/3', '/products//org/*'],
  ['/user-profile/john_doe', '/user-profile/*'],
  ['/user_space/', '/user_space/'],
  ['123', '*'],
  ['123/ljgdflgjf', '*/*'],
  ['/index.html', '/*'],
  ['/api/hello.world', '/api/hello.world'],
  ['/foo?x=1', '/foo'],
  ['/1234?x', '/*'],
  ['/-x', '/*'],
  ['/x-', '/x-'],
  ['/one/two/three/four/five/six/seven/eight/nine/ten', '/one/two/three/four/five/*/seven/eight/nine'],
  ['//double', '//double'],
  ['/usr/1/2/3/4/5/6/7/8/9', '/*/*/*/*/*/*/*/*/**'],
  ['/users/é/1', '/users/*/*'],
  ['', ''],
  ['/', '/'],
])('the path %j becomes %j', (path, route) => {
  expect(heuristicRoute(path, '*')).toBe(route);
});

test('the wildcard is the one of the configuration', () => {
  expect(heuristicRoute('/users/123', '#')).toBe('/users/#');
});

test.each('xml html js css php jsp src usr http www tcp rpc grpc graphql png txt wp db kv six ok'.split(' '))(
  'the word %s reads like gibberish',
  (word) => {
    expect(isGibberish(word)).toBe(true);
  },
);

test.each('api json users login healthz livez actuator swagger smoke gping a'.split(' '))(
  'the word %s is kept',
  (word) => {
    expect(isGibberish(word)).toBe(false);
  },
);
