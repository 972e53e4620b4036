import { defineConfig } from 'vitest/config';

/** `unit` needs nothing; the other projects need root and a built agent, share the kernel, and so run one file at a time. */
const alone = { pool: 'forks', fileParallelism: false, testTimeout: 60_000, hookTimeout: 120_000 } as const;

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts', 'test/contract/**/*.test.ts'],
          pool: 'forks',
          testTimeout: 60_000,
        },
      },
      { test: { name: 'native', include: ['test/host/**/*.test.ts', 'test/native/**/*.test.ts'], ...alone } },
      { test: { name: 'kernel', include: ['test/kernel/**/*.test.ts'], ...alone } },
      { test: { name: 'e2e', include: ['test/e2e/**/*.test.ts'], ...alone, testTimeout: 180_000 } },
      { test: { name: 'vm', include: ['test/vm/**/*.test.ts'], ...alone } },
      {
        test: {
          name: 'docker',
          include: ['test/docker/**/*.test.ts'],
          ...alone,
          testTimeout: 180_000,
          hookTimeout: 900_000,
        },
      },
    ],
  },
});
