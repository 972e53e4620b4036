import { join } from 'node:path';
import { Child } from './processes.ts';
import { grpcForPython, grpcGoPeer, grpcJavaClasses, grpcRustPeer, pythonProgram, serverScript } from './programs.ts';

/** The programs that speak the service beyla.Test, each as server and as client; test/servers/grpc/go/main.go says how. */
export const grpcPeers = {
  'grpc-go': () => ({ command: grpcGoPeer(), args: [], env: {} }),
  'grpc-js': () => ({ command: process.execPath, args: [serverScript(join('grpc', 'node.mjs'))], env: {} }),
  'grpc-java': () => ({ command: 'java', args: ['-Xshare:auto', '-cp', grpcJavaClasses(), 'Peer'], env: {} }),
  tonic: () => ({ command: grpcRustPeer(), args: [], env: {} }),
  grpcio: () => ({
    command: pythonProgram(),
    args: [serverScript(join('grpc', 'peer.py'))],
    env: { PYTHONPATH: grpcForPython() },
  }),
} satisfies Record<string, () => { command: string; args: string[]; env: Record<string, string> }>;

export type GrpcPeer = keyof typeof grpcPeers;

export async function grpcServer(peer: GrpcPeer, port: number): Promise<Child> {
  const { command, args, env } = grpcPeers[peer]();
  const server = new Child(command, [...args, 'server', String(port)], { name: `${peer} server`, env });
  await server.line(/listening/);
  return server;
}

/** A client that waits for `go`, calls everything `count` times, and stays until the next line. */
export async function grpcClient(peer: GrpcPeer, port: number, count: number, ownPort: number): Promise<Child> {
  const { command, args, env } = grpcPeers[peer]();
  const numbers = [port, count, ownPort].map(String);
  const client = new Child(command, [...args, 'client', ...numbers], { name: `${peer} client`, env });
  await client.line(/waiting/);
  return client;
}
