import { expect, test } from 'vitest';
import { templateOf } from '../../../src/protocol/route-template.ts';

test.each([
  ['/users/{id}', '/users/{id}'],
  ['GET /users/{id}', '/users/{id}'],
  ['GET example.com/users/{id}', '/users/{id}'],
  ['/files/', '/files/'],
  ['/files/{path...}', '/files/{path...}'],
  ['/{$}', '/'],
  ['/api/*/items/{item}', '/api/items/{item}'],
  ['/users/:id', '/users/:id'],
])('the pattern %j is the route %j', (pattern, route) => {
  expect(templateOf(pattern)).toBe(route);
});

test.each(['', '/', 'GET /', '/*', 'example.com'])(
  'the pattern %j, which says nothing of a path, is none',
  (pattern) => {
    expect(templateOf(pattern)).toBe('');
  },
);
