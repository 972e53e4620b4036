import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';
import { Agent } from './agent.ts';
import type { Backend } from './backends.ts';
import { type Dialogue, type Exchange, exchange, read, request, response, send } from './dialogue.ts';
import { freePorts } from './free-ports.ts';
import { type Played, RawPeer } from './raw-peer.ts';
import type { SeenSpan } from './seen-span.ts';

export interface StageOptions {
  readonly backend?: Backend;
  /** Address that the server listens on. */
  readonly host?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A raw client and a raw server, and an agent that instruments both. */
export class Stage {
  readonly client: RawPeer;
  readonly server: RawPeer;
  #agent: Agent | undefined;
  /** How many of the agent's spans belong to dialogues that are over. */
  #told = 0;
  #fences = 0;

  private constructor(client: RawPeer, server: RawPeer) {
    this.client = client;
    this.server = server;
    client.onMark = (name) => server.go(name);
    server.onMark = (name) => client.go(name);
  }

  /** Both peers, without an agent yet. */
  static async open(host?: string): Promise<Stage> {
    const [clientPort = 0, serverPort = 0] = await freePorts(2);
    const [client, server] = await Promise.all([RawPeer.client(clientPort), RawPeer.server(serverPort, host)]);
    return new Stage(client, server);
  }

  static async withAgent(options: StageOptions = {}): Promise<Stage> {
    const stage = await Stage.open(options.host);
    await stage.startAgent(options);
    return stage;
  }

  async startAgent(options: StageOptions = {}): Promise<Agent> {
    const agent = await Agent.start({ ...options, ports: [this.client.port, this.server.port] });
    await agent.instruments(this.client.pid, this.server.pid);
    this.#agent = agent;
    return agent;
  }

  get agent(): Agent {
    if (this.#agent === undefined) throw new Error('the stage has no agent yet');
    return this.#agent;
  }

  /** Plays both sides and checks that all their steps could be done. */
  async play(dialogue: Dialogue): Promise<void> {
    const connect = [dialogue.connect ?? '127.0.0.1', this.server.port] as const;
    const [server, client] = await Promise.all([
      this.server.play(dialogue.server),
      this.client.play(dialogue.client, connect),
    ]);
    for (const [side, played] of Object.entries({ server, client })) expectPlayed(dialogue, side, played);
  }

  /** Plays a dialogue; its exchanges, no fewer and no more, must be what the agent tells of both processes. */
  async check(dialogue: Dialogue): Promise<void> {
    const beginUs = Date.now() * 1000;
    await this.play(dialogue);
    await this.expectTold(dialogue, beginUs);
  }

  /** The spans that came since the last dialogue are those of this one. */
  async expectTold(dialogue: Dialogue, beginUs: number): Promise<void> {
    const spans = await this.newSpans(dialogue.connect);
    const expectSide = (side: SeenSpan['side'], exchanges: readonly Exchange[]) => {
      const told = spans.filter((span) => span.side === side).map(facts);
      const played = exchanges.map(facts);
      expect.soft(told, `spans of the ${side}${difference(told, played)}`).toEqual(played);
    };
    expectSide('server', dialogue.exchanges);
    expectSide('client', dialogue.clientExchanges ?? dialogue.exchanges);
    for (const span of spans) expectPlausible(span, beginUs, Date.now() * 1000);
  }

  async close(): Promise<void> {
    await this.#agent?.stop();
    await Promise.all([this.client.stop(), this.server.stop()]);
  }

  /**
   * Everything that was told since the last call. An exchange of its own marks the end: records come in the order in
   * which exchanges ended, so that nothing of the dialogue can come after it.
   */
  async newSpans(connect?: string): Promise<SeenSpan[]> {
    const path = `/fence-${++this.#fences}`;
    await this.play({ ...fence(path), ...(connect !== undefined && { connect }) });
    await this.agent.spansWhere((span) => span.path === path, 2);
    const spans = this.agent.spans.slice(this.#told);
    this.#told = this.agent.spans.length;
    return spans.filter((span) => span.path !== path);
  }
}

function fence(path: string): Dialogue {
  const asked = request(`GET ${path}`);
  const answered = response(200);
  return {
    name: path,
    client: [send(asked), read(answered.length)],
    server: [read(asked.length), send(answered)],
    exchanges: [exchange(`GET ${path}`, 200)],
  };
}

function expectPlayed(dialogue: Dialogue, side: string, { error }: Played): void {
  if (dialogue.failing !== side) expect(error, `steps of the ${side} in "${dialogue.name}"`).toBeNull();
}

/** The reason is no part of what the printer tells. */
function facts({ method, path, status, requestBytes, responseBytes }: SeenSpan | Exchange): object {
  return { method, path, status, requestBytes, responseBytes };
}

/** The first that differs, for a message that may be all that is left of a run. */
function difference(told: readonly object[], played: readonly object[]): string {
  const longer = told.length > played.length ? told : played;
  const at = longer.findIndex((_, i) => !isDeepStrictEqual(told[i], played[i]));
  return at < 0 ? '' : `, of which number ${at} is ${JSON.stringify(told[at])} and not ${JSON.stringify(played[at])}`;
}

/** Clocks of the two are read at different moments. */
const clockSlackUs = 5000;

function expectPlausible(span: SeenSpan, beginUs: number, endUs: number): void {
  expect(span.startUs).toBeGreaterThanOrEqual(beginUs - clockSlackUs);
  expect(span.handlerStartUs).toBeGreaterThanOrEqual(span.startUs);
  expect(span.endUs).toBeGreaterThanOrEqual(span.handlerStartUs);
  expect(span.endUs).toBeLessThanOrEqual(endUs + clockSlackUs);
}
