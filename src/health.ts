/** `beyla health`: a bundle of its own, since starting the agent's would cost ten times as much each time it is asked. */
import { isAnyAlive } from './doctor/ask.ts';
import { socketFolders } from './doctor/sockets.ts';

process.exitCode = (await isAnyAlive(socketFolders)) ? 0 : 1;
