import { join } from 'node:path';
import { Child } from './processes.ts';
import {
  grpcForPython,
  grpcGoPeer,
  grpcJavaClasses,
  grpcRustPeer,
  grpcWebPeer,
  pythonProgram,
  serverScript,
} from './programs.ts';

type Program = () => { readonly command: string; readonly args: string[]; readonly env: Record<string, string> };

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
} satisfies Record<string, Program>;

/** The same service by gRPC-Web. */
export const webPeers = {
  'connect-go': () => ({ command: grpcWebPeer(), args: [], env: {} }),
  'connect-go over HTTP/1': () => ({ command: grpcWebPeer(), args: [], env: { HTTP1: '1' } }),
} satisfies Record<string, Program>;

const programs = { ...grpcPeers, ...webPeers };
export type GrpcPeer = keyof typeof programs;

export async function grpcServer(peer: GrpcPeer, port: number): Promise<Child> {
  const { command, args, env } = programs[peer]();
  const server = new Child(command, [...args, 'server', String(port)], { name: `${peer} server`, env });
  await server.line(/listening/);
  return server;
}

/** A client that waits for `go`, calls everything `count` times, and stays until the next line. */
export async function grpcClient(peer: GrpcPeer, port: number, count: number, ownPort: number): Promise<Child> {
  const { command, args, env } = programs[peer]();
  const numbers = [port, count, ownPort].map(String);
  const client = new Child(command, [...args, 'client', ...numbers], { name: `${peer} client`, env });
  await client.line(/waiting/);
  return client;
}
