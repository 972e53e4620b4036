// The service beyla.Test on grpc-js: see go/main.go for what all peers do.
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import grpc from '@grpc/grpc-js';

const bytes = { serialize: (value) => value, deserialize: (value) => value };
const method = (name, requestStream, responseStream) => ({
  path: `/beyla.Test/${name}`,
  requestStream,
  responseStream,
  requestSerialize: bytes.serialize,
  requestDeserialize: bytes.deserialize,
  responseSerialize: bytes.serialize,
  responseDeserialize: bytes.deserialize,
});
const service = {
  Unary: method('Unary', false, false),
  ClientStream: method('ClientStream', true, false),
  ServerStream: method('ServerStream', false, true),
  Bidi: method('Bidi', true, true),
};
const waiting = { Wait: method('Wait', false, false) };
const patienceMs = 200;
const [role, port, count, ownPort] = process.argv.slice(2);

function answer(message, callback) {
  const code = Number(message);
  if (code === 0) callback(null, message);
  else callback({ code, details: 'as asked' });
}

function endStream(call, message) {
  answer(message, (error) => (error ? call.emit('error', error) : call.end()));
}

const handlers = {
  Wait: () => {},
  Unary: (call, callback) => answer(call.request, callback),
  ClientStream: (call, callback) => {
    let message;
    call.on('data', (next) => {
      message = next;
    });
    call.on('end', () => answer(message, callback));
  },
  ServerStream: (call) => {
    for (let i = 0; i < 3; i++) call.write(call.request);
    endStream(call, call.request);
  },
  Bidi: (call) => {
    let message;
    call.on('data', (next) => {
      message = next;
      call.write(next);
    });
    call.on('end', () => endStream(call, message));
  },
};

function serve() {
  const server = new grpc.Server();
  server.addService({ ...service, ...waiting }, handlers);
  server.bindAsync(`127.0.0.1:${port}`, grpc.ServerCredentials.createInsecure(), () => console.log('listening'));
}

function callOnce(client, name, code) {
  const message = Buffer.from(String(code));
  return new Promise((resolve) => {
    const ended = (error) => resolve(error?.code ?? 0);
    if (name === 'Unary') client.Unary(message, ended);
    else if (name === 'ClientStream') write(client.ClientStream(ended), message);
    else {
      const call = name === 'Bidi' ? client.Bidi() : client.ServerStream(message);
      call.on('data', () => {});
      call.on('error', () => {});
      call.on('status', (status) => resolve(status.code));
      if (name === 'Bidi') write(call, message);
    }
  });
}

function write(call, message) {
  for (let i = 0; i < 3; i++) call.write(message);
  call.end();
}

async function callInVain(client) {
  const nothing = Buffer.alloc(0);
  await new Promise((resolve) => client.Wait(nothing, { deadline: Date.now() + patienceMs }, resolve));
  await new Promise((resolve) => {
    const call = client.Wait(nothing, resolve);
    setTimeout(() => call.cancel(), patienceMs);
  });
}

async function ask() {
  createServer().listen(Number(ownPort), '127.0.0.1', () => console.log('waiting'));
  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  await lines.next();
  const client = new (grpc.makeGenericClientConstructor({ ...service, ...waiting }, 'beyla.Test'))(
    `127.0.0.1:${port}`,
    grpc.credentials.createInsecure(),
  );
  for (let i = 0; i < Number(count); i++) {
    for (const name of Object.keys(service)) {
      for (const code of [0, 5, 13, 14, 4]) {
        const got = await callOnce(client, name, code);
        if (got !== code) throw new Error(`${name} ended with ${got}, not ${code}`);
      }
    }
    // last: before there is a connection a call can be in vain without being made
    await callInVain(client);
  }
  console.log('done');
  await lines.next();
  process.exit(0);
}

if (role === 'server') serve();
else await ask();
