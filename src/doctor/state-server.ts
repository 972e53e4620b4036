import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, unlinkSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Part } from '../pipeline/part.ts';
import { log } from '../telemetry/log.ts';
import type { AgentState } from './agent-state.ts';
import { isDead } from './ask.ts';

/** Where agents can be asked; each has a socket of its own in there, which only root may open. */
export const socketFolder = '/run/beyla';

/** Answers `beyla doctor`. An agent that cannot be asked works all the same, so nothing here fails. */
export class StateServer implements Part {
  readonly name = 'state server';
  readonly #folder: string;
  readonly #state: () => Promise<AgentState>;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;

  constructor(state: () => Promise<AgentState>, folder = socketFolder) {
    this.#state = state;
    this.#folder = folder;
  }

  async start(): Promise<void> {
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      await this.#removeDead();
      // Agents of several containers that share the folder may have the same pid.
      const path = join(this.#folder, `agent-${process.pid}-${randomBytes(3).toString('hex')}.sock`);
      await this.#listen(path);
      chmodSync(path, 0o600);
    } catch (error) {
      log.debug('beyla doctor cannot ask this agent', { folder: this.#folder, error: String(error) });
    }
  }

  /** Closing removes the socket's file, too. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const socket of this.#sockets) socket.destroy();
    if (server !== undefined) await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  #listen(path: string): Promise<void> {
    const server = createServer((socket) => this.#answer(socket));
    server.unref();
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, () => {
        server.off('error', reject);
        server.on('error', (error) => log.debug('the state server failed', { error: error.message }));
        this.#server = server;
        resolve();
      });
    });
  }

  #answer(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => socket.destroy()); // whoever asked has left
    this.#state().then(
      (state) => socket.end(JSON.stringify(state)),
      (error: unknown) => {
        log.debug('the state of the agent could not be told', { error: String(error) });
        socket.destroy();
      },
    );
  }

  /** Those of agents that were killed. */
  async #removeDead(): Promise<void> {
    for (const name of readdirSync(this.#folder)) {
      const path = join(this.#folder, name);
      if (name.endsWith('.sock') && (await isDead(path))) unlinkSync(path);
    }
  }
}
