import type { Container, Engine } from './containers.ts';
import { type Ask, messageOf, readEntry, readMessage, withEngine } from './grpc-engine.ts';

const service = (name: string) => `/containerd.services.${name}`;

/** Who makes a container says its name in one of these: Kubernetes, nerdctl. */
const nameLabels = ['io.kubernetes.container.name', 'nerdctl/name'];

/**
 * containerd's own interface, which knows the containers of everyone who uses it, each of them in a namespace:
 * https://github.com/containerd/containerd/tree/main/api/services. Those of Docker have no name here, Docker tells it.
 */
export class Containerd implements Engine {
  readonly name: string;

  /** Path of its socket. */
  constructor(socketPath: string) {
    this.name = socketPath;
  }

  list(): Promise<ReadonlyMap<string, Container>> {
    return withEngine(this.name, async (ask) => {
      const found = new Map<string, Container>();
      for (const namespace of await namespaces(ask)) {
        const answer = await ask(service('containers.v1.Containers/List'), new Uint8Array(), inside(namespace));
        for (const [id, container] of containersIn(answer)) found.set(id, container);
      }
      return found;
    });
  }

  inspect(id: string): Promise<Container | undefined> {
    return withEngine(this.name, async (ask) => {
      for (const namespace of await namespaces(ask)) {
        const answer = await ask(service('containers.v1.Containers/Get'), messageOf(1, id), inside(namespace));
        const container = containersIn(answer).get(id);
        if (container !== undefined) return container;
      }
      return undefined;
    });
  }
}

function inside(namespace: string): Record<string, string> {
  return { 'containerd-namespace': namespace };
}

/** `ListNamespacesResponse { repeated Namespace namespaces = 1; }`, `Namespace { string name = 1; … }` */
async function namespaces(ask: Ask): Promise<readonly string[]> {
  const names: string[] = [];
  readMessage(await ask(service('namespaces.v1.Namespaces/List'), new Uint8Array()), (field, reader) => {
    if (field !== 1) return false;
    readMessage(reader.bytes(), (inner, one) => inner === 1 && names.push(one.string()) > 0);
    return true;
  });
  return names;
}

/** Both answers carry `Container`s in their field 1. */
function containersIn(answer: Uint8Array): Map<string, Container> {
  const found = new Map<string, Container>();
  readMessage(answer, (field, reader) => {
    if (field !== 1) return false;
    const [id, container] = containerIn(reader.bytes());
    if (container.name !== '') found.set(id, container);
    return true;
  });
  return found;
}

/** `Container { string id = 1; map<string, string> labels = 2; string image = 3; … }` */
function containerIn(bytes: Uint8Array): [id: string, container: Container] {
  let [id, image] = ['', ''];
  const labels: Record<string, string> = {};
  readMessage(bytes, (field, reader) => {
    if (field === 1) id = reader.string();
    else if (field === 2) readEntry(reader.bytes(), labels);
    else if (field === 3) image = reader.string();
    else return false;
    return true;
  });
  return [id, { name: nameLabels.map((label) => labels[label] ?? '').find((one) => one !== '') ?? '', image, labels }];
}
