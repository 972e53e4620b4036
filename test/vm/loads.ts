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
  /** Or `auto`, for the one that the agent takes by itself. */
  readonly asked: string;
  readonly backend: string;
  readonly spans: readonly Seen[];
  /** What the agent counted as lost or missed, by reason; nothing of it when all is well. */
  readonly lost: Readonly<Record<string, number>>;
}

/** What the guest's kernel warned of. */
export interface WarningsReport {
  readonly warnings: readonly string[];
}

/** Asked of each server of which probes tell something. */
export const probedRequests = 20;

/** Two that speak TLS, and one whose routes are told. */
export const probedNames = ['go', 'nginx', 'router'] as const;
export type ProbedName = (typeof probedNames)[number];

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
