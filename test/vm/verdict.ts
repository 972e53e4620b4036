/** What the verifier said of one program, or of an object that it refused. */
export type Verdict = { readonly object: string } & (
  | { readonly program: string; readonly instructions: number; readonly stack: string }
  | { readonly refused: string }
);
