import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, unlinkSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Part } from '../pipeline/part.ts';
import { log } from '../telemetry/log.ts';
import type { AgentState } from './agent-state.ts';
import { isDead } from './ask.ts';
import { healthWord, socketFolders } from './sockets.ts';

/** Answers `beyla doctor` and `beyla health`. An agent that cannot be asked works all the same, so nothing here fails. */
export class StateServer implements Part {
  readonly name = 'state server';
  readonly #folders: readonly string[];
  readonly #state: () => Promise<AgentState>;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;

  constructor(state: () => Promise<AgentState>, folders = socketFolders) {
    this.#state = state;
    this.#folders = folders;
  }

  /** In the first folder that can be written. */
  async start(): Promise<void> {
    for (const folder of this.#folders) {
      try {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        await removeDead(folder);
        // Agents of several containers that share the folder may have the same pid.
        const path = join(folder, `agent-${process.pid}-${randomBytes(3).toString('hex')}.sock`);
        await this.#listen(path);
        chmodSync(path, 0o600);
        return;
      } catch (error) {
        log.debug('beyla doctor cannot ask this agent here', { folder, error: String(error) });
      }
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
    socket.once('data', (word) => {
      if (word.toString() === healthWord) socket.end(healthWord);
      else this.#tellState(socket);
    });
  }

  #tellState(socket: Socket): void {
    this.#state().then(
      (state) => socket.end(JSON.stringify(state)),
      (error: unknown) => {
        log.debug('the state of the agent could not be told', { error: String(error) });
        socket.destroy();
      },
    );
  }
}

/** Removes the sockets of agents that were killed. */
async function removeDead(folder: string): Promise<void> {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (name.endsWith('.sock') && (await isDead(path))) unlinkSync(path);
  }
}
