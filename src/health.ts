/** `beyla health`: a bundle of its own, since starting the agent's would cost ten times as much each time it is asked. */
import { isAnyAlive } from './doctor/ask.ts';
import { socketFolders } from './doctor/sockets.ts';

void isAnyAlive(socketFolders).then((isAlive) => {
  process.exitCode = isAlive ? 0 : 1;
});
