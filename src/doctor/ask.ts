import { readdirSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { type AgentState, stateSchema } from './agent-state.ts';
import { healthWord, stateWord } from './sockets.ts';

export type Answer =
  | { readonly is: 'alive'; readonly path: string; readonly state: AgentState }
  /** Nobody listens there any more: its agent was killed. */
  | { readonly is: 'dead'; readonly path: string }
  | { readonly is: 'silent'; readonly path: string; readonly why: string };

export interface Asked {
  readonly answers: readonly Answer[];
  /** Why it is not known whether there are agents. */
  readonly refused?: string;
}

/** An agent on a host with thousands of processes looks at each before it answers. */
const patienceMs = 15_000;
const healthPatienceMs = 4_000;

/** Every agent that has its socket in one of the folders. */
export async function askAgents(folders: readonly string[], withinMs = patienceMs): Promise<Asked> {
  const asked = await Promise.all(folders.map((folder) => askIn(folder, withinMs)));
  const refused = asked.flatMap((one) => one.refused ?? []).join('; ');
  return { answers: asked.flatMap(({ answers }) => answers), ...(refused !== '' && { refused }) };
}

/** Whether an agent answers. */
export async function isAnyAlive(folders: readonly string[], withinMs = healthPatienceMs): Promise<boolean> {
  const paths = folders.flatMap((folder) => socketsIn(folder));
  const answers = paths.map((path) => readAll(path, healthWord, withinMs).catch(() => ''));
  return (await Promise.all(answers)).includes(healthWord);
}

function socketsIn(folder: string): string[] {
  try {
    return pathsIn(folder);
  } catch {
    return [];
  }
}

function pathsIn(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.sock'));
  return names.sort().map((name) => join(folder, name));
}

async function askIn(folder: string, withinMs: number): Promise<Asked> {
  try {
    return { answers: await Promise.all(pathsIn(folder).map((path) => ask(path, withinMs))) };
  } catch (error) {
    const code = codeOf(error);
    return code === 'ENOENT' ? { answers: [] } : { answers: [], refused: `${folder}: ${code}` };
  }
}

export async function isDead(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(path, () => {
      socket.destroy();
      resolve(false);
    });
    socket.on('error', (error) => resolve(codeOf(error) === 'ECONNREFUSED'));
  });
}

async function ask(path: string, withinMs: number): Promise<Answer> {
  try {
    const state: unknown = JSON.parse(await readAll(path, stateWord, withinMs));
    if (isState(state)) return { is: 'alive', path, state };
    return { is: 'silent', path, why: 'it is of another version' };
  } catch (error) {
    if (codeOf(error) === 'ECONNREFUSED' || codeOf(error) === 'ENOENT') return { is: 'dead', path };
    return { is: 'silent', path, why: error instanceof Error ? error.message : String(error) };
  }
}

function readAll(path: string, word: string, withinMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    const socket = createConnection(path, () => socket.write(word));
    const timer = setTimeout(() => socket.destroy(new Error(`no answer within ${withinMs} ms`)), withinMs);
    socket.on('data', (part) => parts.push(part));
    socket.on('error', reject);
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(Buffer.concat(parts).toString('utf8'));
    });
  });
}

function isState(value: unknown): value is AgentState {
  return typeof value === 'object' && value !== null && 'schema' in value && value.schema === stateSchema;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
