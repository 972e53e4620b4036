/** How much longer everything may take: emulated guests are many times slower than the machine they run on. */
export const patience = Number(process.env['TEST_PATIENCE'] ?? 1);
