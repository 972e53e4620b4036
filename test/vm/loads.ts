/** What is asked of every server under every backend: fixed counts, because an emulated guest says nothing about rates. */
export const loads = [
  { path: '/keep-alive', method: 'GET', requests: 40, connections: 4, bodyBytes: 0, fresh: false },
  { path: '/fresh', method: 'GET', requests: 12, connections: 2, bodyBytes: 0, fresh: true },
  { path: '/body', method: 'POST', requests: 10, connections: 2, bodyBytes: 5000, fresh: false },
] as const;

/** The bytes of body that each server answers with. */
export const answerBytes = { go: 0, node: 3, python: 3, nginx: 3 } as const;
export type ServerName = keyof typeof answerBytes;
export const serverNames = Object.keys(answerBytes) as ServerName[];

/** The same exchanges, as often as they are to be told. */
export interface Seen {
  readonly server: ServerName;
  /** method, path, status, bytes of the request's body and of the response's */
  readonly what: string;
  readonly count: number;
}

/** What a guest tells of one backend. */
export interface BackendReport {
  readonly backend: string;
  readonly spans: readonly Seen[];
  readonly lost: number;
}

/** What a guest tells first: which backend the agent takes by itself, and which others it could. */
export interface ChoiceReport {
  readonly chosen: string;
  readonly possible: readonly string[];
}

/** What the guest's kernel warned of. */
export interface WarningsReport {
  readonly warnings: readonly string[];
}

/** Asked of each server that speaks TLS, and of one whose routes are told. */
export const probedRequests = 20;

/** What a guest tells of those, by server. */
export interface ProbesReport {
  readonly seenByProbes: Readonly<Record<string, number>>;
}

export function expectedSpans(): Seen[] {
  return serverNames.flatMap((server) =>
    loads.map(({ path, method, requests, bodyBytes }) => ({
      server,
      what: [method, path, 200, bodyBytes, answerBytes[server]].join(' '),
      count: requests,
    })),
  );
}
