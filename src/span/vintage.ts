/**
 * Which generation of names a reader expects: `2023` is the first public preview, `1.0` and `1.5` the releases of that
 * name, `current` what the conventions say today. Metrics and the trace printer each hold a table from vintage to names.
 */
export const vintages = ['current', '1.5', '1.0', '2023'] as const;
export type Vintage = (typeof vintages)[number];
