/**
 * Where agents can be asked; each has a socket of its own in the first of them that it can write, which only its user may open.
 * The second is there also in a container whose root is read-only, and for a user other than root.
 */
export const socketFolders: readonly string[] = ['/run/beyla', '/dev/shm/beyla'];

/** What a caller writes first. */
export const stateWord = 'state';
/** Asks for as little as proves that the agent's loop turns. */
export const healthWord = 'health';
